"""Pure rules of consent: purposes and categories, when a consent lives, how requests move."""
