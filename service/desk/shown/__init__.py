"""摆出来的: pure - labels, rows, forms, drawings, and other people's HTML and pictures made harmless."""
