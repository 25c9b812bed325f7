"""值班: the clock, the terminal and the demo - the only room that wires the others together.

    office.py rounds.py     settings, campaign and books in one place; one round of the belt
    worker.py               the timetable of `intake run`
    cli.py terminal.py commands/ deciding.py show.py    the terminal: commands, exit codes, what is printed
    doctor.py backup.py log.py                          keeping the house
    demo/                   the embedded mailbox, the story's letters, the play
"""
