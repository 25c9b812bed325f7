"""值班: the clock, the terminal and the demo - the only room that wires the others together."""
