"""邮局: finished bytes, when they may leave, and what became of them."""
