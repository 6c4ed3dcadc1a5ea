"""How far two words are apart, in typing errors."""

from __future__ import annotations


def near(text: str, word: str, errors: int, prefix: bool) -> bool:
    """Whether a word, or with `prefix` its beginning, is a text with so many letters other, missing or too many.

    Two neighbours that are swapped count as one error (optimal string alignment).
    """
    if not prefix and abs(len(text) - len(word)) > errors:
        return False
    if len(set(text).difference(word)) > errors:
        return False  # each letter that is not there at all is an error, and most words lack more
    before: list[int] = []
    row = list(range(len(text) + 1))
    least = row[-1]
    for place, letter in enumerate(word, 1):
        following = [place]
        for number, other in enumerate(text, 1):
            cost = min(row[number] + 1, following[-1] + 1, row[number - 1] + (letter != other))
            swapped = place > 1 and number > 1 and letter == text[number - 2] and word[place - 2] == other
            following.append(min(cost, before[number - 2] + 1) if swapped else cost)
        before, row = row, following
        least = min(least, row[-1])
        if min(row) > errors:
            break
    else:
        if not prefix:
            return row[-1] <= errors
    return prefix and least <= errors
