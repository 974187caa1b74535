"""What ``make demo`` is made of."""
