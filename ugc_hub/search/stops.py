"""Function words: they tell the language of a text, and are not asked for in a query of other words.

What means something in another of these languages ("die", "hat", "son") is left out of the second use.
"""

from __future__ import annotations

LANGUAGES = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "nl": "dutch",
}
"""ISO 639-1 code -> name of its Snowball stemmer."""
_WORDS = {
    "en": "the a an and of to in is was are were be been with for on at by from this that these those it its her his"
    " their my your our she he they we you i not but or as has have had will would can",
    "de": "der die das den dem des ein eine einer einem einen eines und oder aber nicht ist sind war mit von zu zum zur"
    " im in am an auf fur bei aus nach wie so ich du er sie es wir ihr sein hat haben wird auch noch nur",
    "fr": "le la les un une des du de et ou mais est sont etait avec pour dans sur par au aux ce cette ces il elle nous"
    " vous ils je tu ne pas que qui son sa ses mon ma mes plus",
    "es": "el la los las un una unos unas de del y o pero es son fue con para en por al que no se su sus mi lo le como"
    " mas muy esta este estos",
    "it": "il lo la gli le un una uno di del della dei delle e o ma sono era con per in su da al alla nel nella che non"
    " si mio mia questo questa anche piu",
    "pt": "o a os as um uma de do da dos das e ou mas sao foi com para em no na nos nas por ao que nao se seu sua meu"
    " minha este esta mais muito",
    "nl": "de het een en of maar is zijn was met voor van in op aan bij uit naar door dit dat deze die niet ik je hij"
    " zij we mijn jouw ook nog wel te",
}
_AMBIGUOUS = "die hat was so man son sur per via mais on plus no mas war er it fur wel te".split()  # noqa: SIM905
"""Function words that are searched for all the same: most mean something in another of these languages."""


def _tellers() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _WORDS.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), language)
    return found


TELLERS = _tellers()
"""Folded word -> languages in which it is a function word."""
UNASKED = frozenset(TELLERS) - frozenset(_AMBIGUOUS)
"""Folded words that a query of other words does not ask for."""
