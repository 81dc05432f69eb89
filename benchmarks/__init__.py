"""Figures, printed by `make bench`: rates of the harvest and server times of the pages on both databases, and what validation costs."""
