"""Who belongs and who may act: unions, co-operatives, members, households, officers, joining."""
