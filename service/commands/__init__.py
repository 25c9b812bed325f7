"""The commands of the terminal, by what they are about; `service/cli.py` gathers them."""
