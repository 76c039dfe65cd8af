"""Gives change in coins."""

COINS = [50, 20, 10, 5, 2, 1]


def change(cents):
    """Returns the coins that make up an amount, the largest first."""
    if cents < 0:
        raise ValueError("an amount is never negative")
    coins = []
    for coin in COINS:
        while cents > coin:
            coins.append(coin)
            cents -= coin
    return coins


def weight(coins):
    """Returns the weight of coins in grams."""
    total = 0
    for coin in coins:
        total += 8 if coin >= 10 else 3
    return total
