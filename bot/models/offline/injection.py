"""Sentences that speak to whoever grades instead of to the question: they can never be evidence.

Patterns, read on cleaned text, for the direct ("ignore your instructions"), the soft ("note to the evaluator"), made-up
verdicts and system tags, role-play, other languages and encoded blobs. An answer *about* such attacks, in which somebody
else writes the words, is left alone. Patterns cannot catch every wording; what slips through meets a matcher that has no ear
for instructions.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from bot.models.offline.text import clean

_JUDGES = (
    r"(?:grad(?:er|ers|ing)|evaluat(?:or|ors|ion)|assess(?:or|ors|ment)|marker|markers|scorer|scoring|"
    r"examiner|judge|judges|"
    r"interviewer|reviewer|bot|ai|a\.i\.|llm|language model|assistant|chatbot|system|model|hotseat|claude|gpt|coach)"
)
_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|rubrics?|criteria|directives?|context|training)"
_TOP = r"(?:full|max|maximum|maximal|top|highest|perfect|best|excellent|passing|five|5|10|100)"
_MARKS = r"(?:marks?|scores?|credits?|points?|ratings?|grades?|levels?|stars?|out of (?:5|10|100|five|ten))"
_CHECKS = r"(?:checks?|criteri(?:a|on)|rubric|verdicts?|checklist|scoring|dimensions?|boxes|findings?)"
_MET = r"(?:covered|met|passed|pass|satisfied|fulfilled|shown|complete|completed|demonstrated|exceeded|5|five|true)"

_SOURCES = (
    # Direct: undo what the reader was told.
    rf"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|discard|drop|skip|"
    rf"neglect)\b.{{0,30}}\b(?:previous|prior|above|earlier|all|any|your|"
    rf"the|these|those|preceding|existing|original|current)\b.{{0,30}}\b{_RULES}\b",
    r"\b(?:ignor\w*|disregard\w*|forget)\b.{0,12}\b(?:everything|all(?: of (?:it|that|"
    r"this))?)\b.{0,12}\b(?:above|before|you (?:were|have been) told|so far|said)",
    r"\b(?:reveal|print|show|repeat|output|leak|dump|display)\b.{0,24}\b(?:your|the|hidden|"
    r"secret)\b.{0,12}\b(?:system prompt|instructions|rubric|model answer|prompt|checks|phrasings)\b",
    r"\b(?:new|updated|revised|special|real|actual|secret) (?:instructions?|rules?|rubric|grading "
    r"(?:policy|rules?)|directive)\s*(?::|for (?:you|the)|follow|apply|are|is\b)",
    r"\byour (?:new |real |only |actual )?(?:task|job|role|goal|instructions?) (?:is|are) (?:now |to "
    r"(?:give|award|rate|mark|approve|pass|score|output|say|return))",
    # Soft: addressed to the grader.
    rf"^\W*(?:(?:a |an |important |quick |special |private )*(?:note|notice|message|attention|reminder|"
    rf"instructions?|hint|info|comment|ps|p\.s\.|nb|fyi|psst)\b\W*"
    rf"(?:(?:to|for|from)\b)?|dear|hello|hey|hi|attn)\W*(?:the |whoever |all |my |any |our |this "
    rf")*(?:automated |automatic |human |ai |llm )*{_JUDGES}\b(?!'s)",
    rf"^\W*(?:to|for) (?:the |whoever |any |my )*(?:automated |automatic |human |ai |llm "
    rf")*{_JUDGES}\b.{{0,24}}[:,]",
    rf"^\W*(?:{_JUDGES}|system|admin|developer)\s*(?:note|message|prompt|override|instructions?)?\s*[:>\]](?!\s*(?:i|i'd|we|my|our)\b)",
    rf"\b(?:as|you are|you're) (?:an? |the |my )(?:[\w-]+ ){{0,3}}{_JUDGES}\b.{{0,60}}\b(?:you (?:must|"
    rf"should|will|have to|shall|need to|ought)|please|give|award|score|rate|mark|pass)\b",
    r"\b(?:grader|evaluator|assessor|examiner|scorer|marker)s?\b.{0,40}\b(?:must|should|shall|will|please|"
    r"is (?:instructed|asked|told|required)|are (?:instructed|asked|told|required))\b",
    # Asking for, or announcing, a result.
    rf"\b(?:give|award|assign|grant|rate|score|grade|mark|deserves?|merits?|worth|earns?|receives?|return|"
    rf"output|respond|reply|put)\b.{{0,40}}\b"
    rf"(?:me|this|my|it|the (?:candidate|answer|response|submission))\b.{{0,40}}\b{_TOP}\b.{{0,6}}\b{_MARKS}\b",
    rf"\b(?:this|my|the) (?:answer|response|submission|candidate)\b.{{0,40}}\b(?:deserves?|merits?|worth|"
    rf"earns?|receives?|gets?|(?:is|be) (?:a )?(?:rated|scored|graded|given))\b.{{0,30}}\b(?:{_TOP}|"
    rf"{_MARKS})\b",
    r"\b(?:this|my|the) (?:answer|response|submission|candidate)\b.{0,30}\b(?:meets?|met|covers?|covered|"
    r"satisf\w+|passes|passed|fulfil\w*|addresses|shows?|demonstrates)\b.{0,12}\b(?:all|every|each)\b",
    rf"\b(?:mark|treat|consider|count|judge|set|return|label|report|record|tick|rate|score|output|"
    rf"accept)\b.{{0,24}}\b(?:all|every|each|everything|any|this|these|"
    rf"the)\b.{{0,24}}\b{_CHECKS}\b.{{0,24}}\b{_MET}\b",
    rf"\b(?:mark|rate|score|grade|consider|treat|tick|count)\b (?:everything|it all|all of (?:it|them)|"
    rf"this|me|it)\b.{{0,12}}\b{_MET}\b",
    rf"\b(?:all|every|each)\b.{{0,16}}\b{_CHECKS}\b.{{0,16}}\b(?:is|are|was|were|have been|has been|=|"
    rf":).{{0,8}}\b{_MET}\b",
    r"^\W*(?:final |overall |my |your )*(?:verdict|score|grade|rating|result|level|overall|judgement|"
    r"judgment|assessment)\"?\s*[:=]\s*\"?(?:covered|met|pass\w*|full|[45]\b|[45]\.\d|10\b|100\b|a\+?\b|"
    r"excellent|outstanding|strong hire|hire)",
    r"[\"'](?:verdict|score|level|overall|coverage|flags|criteria)[\"']\s*:",
    r"\b(?:5|10|100)\s*/\s*(?:5|10|100)\b.{0,30}\b(?:score|grade|rating|answer|candidate)\b|\b(?:score|"
    r"grade|rating|rubric)\b.{0,20}\b(?:5/5|10/10|100/100)\b",
    r"\b(?:i|the candidate|this candidate) (?:hereby )?(?:already )?(?:passed|has passed|have passed|"
    r"aced) (?:this|the|all)\b.{0,24}\b(?:interview|assessment|checks?|criteria|rubric)\b",
    # Dressed up as the machine.
    r"</?\s*(?:system|assistant|user|instructions?|rubric|grader|admin|answer|candidate|prompt|"
    r"sentences?)\b[^>]{0,40}>",
    r"<\|[^|]{1,30}\|>|\[/?(?:inst|system|admin|assistant|grader)\b[^\]]{0,20}\]|<<\s*/?sys\s*>>|"
    r"^\W*#{1,6}\s*(?:system|instructions?|assistant|rubric|grading)\b",
    r"\b(?:begin|end|start of|updated) (?:of )?(?:system|rubric|grading|official) (?:prompt|instructions?|"
    r"rubric|message|guide|key)\b",
    # Role-play.
    r"\byou are (?:now|no longer|going to be) (?:an? |the |my |in |free|bound|required|allowed|unrestricted)|\bfrom now on,? you\b|"
    r"\bpretend (?:to be|you are|you're|that you|i (?:have|had|gave|already))\b",
    r"\b(?:act|behave|respond|answer|roleplay|role-play) as (?:if you|though you|an? (?:lenient|generous|"
    r"kind|friendly|easy|unrestricted|different|helpful)\b)|\b(?:developer|admin|god|debug|dan|sudo|"
    r"jailbreak) mode\b|\bdo anything now\b",
    # Other languages.
    r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*)\b.{0,40}\b(?:anweisung\w*|regeln|vorgaben|"
    r"instruktion\w*|bewertungs\w*)|\b(?:volle|höchste|maximale) (?:punktzahl|bewertung|note|punkte)\b",
    r"\b(?:ignore[zr]?|oublie[zr]?|ne tenez pas compte)\b.{0,40}\b(?:instructions?|consignes?|règles|"
    r"directives)\b|\b(?:note|score) (?:maximale?|parfaite?)\b|\btous les points\b",
    r"\b(?:ignora\w*|olvida\w*|omite|esquece|esqueça|dimentica\w*|ignore)\b.{0,40}\b(?:instrucciones|"
    r"reglas|instruções|regras|istruzioni|regole)\b|\b(?:puntuación|pontuação|nota|calificación|"
    r"punteggio) (?:máxima|perfecta|perfeita|massim[oa]|completa)\b",
    r"\b(?:negeer|vergeet)\b.{0,40}\b(?:instructies|regels)\b|\b(?:zignoruj|"
    r"zapomnij)\b.{0,40}\b(?:instrukcj\w*|polece\w*|zasad\w*)|\b(?:ignorera|"
    r"glöm)\b.{0,40}\b(?:instruktion\w*|regler)",
    r"(?:игнорируй|забудь|проигнорируй)\w*.{0,40}(?:инструкци|указани|правил)|忽略.{0,14}(?:指令|说明|指示|规则|提示)|"
    r"(?:指示|命令|ルール).{0,10}無視|이전.{0,10}(?:지시|명령|지침).{0,10}무시|تجاهل.{0,30}(?:التعليمات|القواعد)|(?:निर्देश|"
    r"नियम).{0,20}(?:अनदेखा|नज़रअंदाज़)|满分|満点|만점",
)
_SHOUTED = re.compile(r"\b(?:BEGIN|END|START) (?:OF )?(?:RUBRIC|SYSTEM|INSTRUCTIONS?|GRADING|PROMPT)\b")
_OPENED = re.compile(
    r"<\s*(?:system|assistant|instructions?|admin)\b[^>]{0,40}>|\[(?:INST|SYSTEM|ADMIN)\b[^\]]{0,20}\]|"
    r"<<\s*SYS\s*>>|<\|im_start\|>",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"</\s*(?:system|assistant|instructions?|admin)\s*>|\[/(?:INST|SYSTEM|ADMIN)\]|<<\s*/SYS\s*>>|<\|im_end\|>",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"\"[^\"]{3,200}\"|'(?=\w)[^']{6,200}(?<=[\w.!])'(?!\w)|`[^`]{3,200}`|«[^»]{3,200}»|„[^\"]{3,200}\""
)
_OTHERS = re.compile(
    r"\b(?:attackers?|adversar\w+|hackers?|malicious|prompt injections?|injections?|inject\w*|"
    r"jailbreak\w*|hostile|untrusted|(?:some(?:one|body)|users?|customers?|"
    r"people|documents?|pages?|e-?mails?|reviews?|tickets?|web ?sites?|inputs?|résumés?|resumes?|cvs?|"
    r"sellers?|visitors?|files?|messages?|texts?|contents?)"
    r"\b.{0,30}\b(?:may|might|could|can|would|tries|try|trying|writes?|writing|says?|saying|puts?|hid(?:e|"
    r"es|den|ing)|tells?|telling|types?|typing|contains?|"
    r"containing|includes?|like|such as|asks?|asking|sneaks?|pastes?|with))\b",
    re.IGNORECASE,
)
_BLOB = re.compile(r"(?<![\w/.:-])(?:[A-Za-z0-9+/_-]{28,}={0,2}|(?:[0-9a-fA-F]{2}[\s:]?){20,})(?![\w/.-])")
_SPACED = re.compile(r"\b(?:\w[ .\-_*]){5,}\w\b")
_LOOKALIKES = str.maketrans("аеорсухіѕјԁһԛԝӏαοερτινκ", "aeopcyxisjdhqwlaoeptivk")


_PLANS = re.compile(
    r"^\W*(?:[\w']+,? ){0,4}?(?:i|we)(?:'d|'ll| would| will| should| could| can| might| need to| have to)\b"
    r"(?! (?:like|want|love|order|need)\b)",
    re.IGNORECASE,
)
_TO_READER = re.compile(
    r"\b(?:you\w*|grad(?:er|ing)s?|evaluators?|assessors?|judges?|rubrics?|instructions?|system|above|previous|prior|marks|"
    r"scores?|verdicts?|checks|criteria)\b",
    re.IGNORECASE,
)
"""Whom or what an order would speak of; without it, what the speaker would do is a plan ("I'd pretend to be a customer")."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    # Compiled when first needed: it takes longer than importing everything else here.
    # They are all in small letters, and so is what they are held against: ignoring case takes twice as long.
    return tuple(re.compile(source) for source in _SOURCES)


def is_injection(sentence: str) -> bool:
    """Whether a sentence is aimed at the grader or the bot. Nobody's instruction is ever followed; this is about evidence."""
    seen = _plain(sentence)
    if any(_is_blob(found[0]) for found in _BLOB.finditer(seen)):
        return True
    if _PLANS.match(seen) and not _TO_READER.search(seen):
        return False
    hits = _hits(seen)
    if not hits:
        return False
    if framed := _OTHERS.search(seen):
        # Somebody else's words: what is left without the quotes, or comes before they are introduced, must be clean.
        bare = _QUOTED.sub(" ", seen)
        rest = bare if bare != seen else seen[: framed.end()]
        if bare != seen or all(found.start() >= framed.start() for found in hits):
            return bool(_hits(rest))
    return True


def _hits(seen: str) -> list[re.Match[str]]:
    small = seen.lower()
    found = [hit for pattern in _patterns() if (hit := pattern.search(small))]
    return [*found, *_SHOUTED.finditer(seen)]


def injected(sentences: Sequence[str]) -> tuple[bool, ...]:
    """For each sentence of an answer whether it is aimed at the grader, with everything inside a made-up system block."""
    marks = [is_injection(sentence) for sentence in sentences]
    opened: int | None = None
    for index, sentence in enumerate(sentences):
        seen = _plain(sentence)
        if _OPENED.search(seen):
            opened = index
        # A block that is never closed is only its own sentence: the rest may be an honest answer.
        if _CLOSED.search(seen) and opened is not None:
            marks[opened : index + 1] = [True] * (index + 1 - opened)
            opened = None
    return tuple(marks)


def _plain(text: str) -> str:
    text = clean(text)
    text = _SPACED.sub(lambda found: re.sub(r"[ .\-_*]", "", found[0]), text)
    return " ".join(_unmasked(word) for word in text.split())


def _unmasked(word: str) -> str:
    """A Latin word with letters of other alphabets planted in it, as it looks."""
    if word.isascii() or not any(char.isascii() and char.isalpha() for char in word):
        return word
    return unicodedata.normalize("NFC", word.lower().translate(_LOOKALIKES))


def _is_blob(found: str) -> bool:
    squeezed = re.sub(r"[\s:]", "", found)
    if re.fullmatch(r"[0-9a-fA-F]{40,}", squeezed):
        return len(set(squeezed.lower())) >= 6  # a held-down key is no code
    if not (re.search(r"[a-z]", found) and re.search(r"[A-Z]", found)) or re.fullmatch(
        r"[A-Za-z]+(?:[-_/][A-Za-z]+)*", found
    ):
        return (
            bool(re.search(r"\d", found))
            and bool(re.search(r"[A-Za-z]", found))
            and "-" not in found
            and len(found) >= 40
        )
    try:
        decoded = base64.b64decode(found.replace("-", "+").replace("_", "/") + "=" * (-len(found) % 4), validate=True)
    except (binascii.Error, ValueError):
        return len(found) >= 40
    return len(decoded) >= 20
