"""The offline mind: matches what was said against authored phrasings. It needs no key, no network and no model file.

It can tell what was mentioned, never whether it is right; so it gives no number of quality anywhere.
"""
