"""Production facts: plots, season plans, assets, yearly income."""
