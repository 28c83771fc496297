"""The wording by which people ask for something other than to answer: tables, and how a clause is held against them.

A clause is a request when a trigger is found in it and every other word is one that such a request may hold. So "could I
maybe get a small hint" is a request, and "I'd look for a hint in the data" is an answer, whatever the order of words.
What a whole turn is for is decided in `intent`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.interview.interviewer import Intent


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


_COMMON = _listed(
    """
    a about actually again all already also am an and any are as at be bit but by can could did do does for from get
    getting giving telling go going good got guess had has have hello help here hey hi honestly how i if im in is it its just kind
    kindly know last let like little mate man maybe me mind more might my need no not now of oh ok okay on one or
    our out perhaps please possibly quick quickly quite really right said say see shall should small so some sorry
    still sure tell than thank thanks that the them then there these they thing think this though to today too try u
    um uh us very want was we well were what when where which who will with would yeah yep yes yet you your hmm er
    erm afraid bot interviewer
    """
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A kind of request: what must be found, the further words it may hold, and how long it may be."""

    intent: Intent
    trigger: re.Pattern[str]
    words: frozenset[str]
    longest: int = 16

    def fits(self, clause: str, names: frozenset[str] = frozenset()) -> bool:
        """Whether a plain clause is this request; `names` are further words to look past (the interviewer's name)."""
        words = clause.split()
        if len(words) > self.longest or not self.trigger.search(clause):
            return False
        return all(word in _COMMON or word in self.words or word in names or word.isdigit() for word in words)


def _cue(intent: Intent, trigger: str, words: str, longest: int = 16) -> Cue:
    return Cue(intent, re.compile(trigger), frozenset(words.split()), longest)


THINKING = _cue(
    Intent.NOTHING,
    r"\b(?:think|thinking|thought|thoughts|consider)\b|^(?:just )?(?:a|one|hold|hang|wait)\b.*\b(?:sec|second"
    r"|moment|on|min)(?: please)?$|^wait$",
    "thinking thought thoughts consider through about second seconds sec secs moment min minute give take "
    "hold hang wait time gather please",
    10,
)
"""Thinking aloud: nothing was said yet."""

CUES = (
    _cue(
        Intent.PAUSE,
        r"\b(?:pause|brb|afk|break)\b|\bback in \w+|\bstep(?:ping)? (?:away|out)\b|\b(?:take|taking) (?:a"
        r"|this) call\b|\bat the door\b"
        r"|\bphone is ringing\b|\bgive me (?:\w+ )?(?:minutes|mins|minute|min)\b|\bcontinue (?:this )?later\b"
        r"|\bbe right back\b",
        "pause paused brb afk break back step stepping away out take taking call door someone somebody phone "
        "ringing give minutes mins"
        " minute min second sec hold hang moment short five ten two three fifteen while interview session later "
        "continue resume for"
        " until coffee tea toilet bathroom run must answer clock wait brief",
    ),
    _cue(
        Intent.TIME,
        r"\bhow (?:long|much (?:more )?time|many (?:more )?min\w*)\b|\btime (?:check|limit|left|remaining"
        r"|remains)\b|^time$|\bout of time\b"
        r"|\bfor time\b|\bwhen (?:does|will|is) (?:this|the|it|interview)\b.*\b(?:end|over|finish)\b|\b(?:minutes"
        r"|mins) (?:left|remain\w*)\b"
        r"|\bhow are we doing on time\b|\bon time\b|\bthe clock\b|\btime do (?:i|we) have\b|\btime is (?:it|left)\b",
        "long much many minutes minute mins min time left remaining remains remain limit interview session "
        "running run nearly almost"
        " close doing end ends over finish finished check until clock until total altogether answer whole have roughly",
        12,
    ),
    _cue(
        Intent.STOP,
        r"\b(?:stop|quit|exit|end|finish|cancel|abort|terminate)\b|\b(?:have|need|got) to (?:go|run|leave)\b"
        r"|\bgotta (?:go|run)\b",
        "stop quit exit end finish cancel abort terminate leave run interview session practice whole early "
        "rather prefer gotta must"
        " meeting bye goodbye enough that",
    ),
    _cue(
        Intent.HINT,
        r"\b(?:hints?|nudge|(?<!no )(?<!not a )(?<!have a )clues?|tips?|pointers?)\b|\bright direction\b|\b(?:some"
        r"|little|bit of|small|help me|need|any) help\b"
        r"|\bhelp (?:me|out)\b|^(?:please )?help(?: please)?$|\bhelp me (?:out|here|a bit)\b|\bwhere (?:should|do"
        r"|would) i (?:even )?(?:start|begin)\b",
        "hint hints nudge clue clues tip tips pointer pointers direction point give helping hand use another "
        "next first second third"
        " stuck lost out start begin even missing idea totally completely push steer struggling would be great "
        "nice appreciated",
    ),
    _cue(
        Intent.REPEAT,
        r"\b(?:repeat|rephrase|restate|reword)\b|\bsay (?:that|it|this|the question)\b.*\b(?:again|more)\b"
        r"|\bread\b.*\bagain\b"
        r"|\bwhat (?:was|is|were|are) (?:the|your|that) (?:\w+ )?(?:question|scenario|task|prompt|problem"
        r"|case)\b(?! here)"
        r"|\bremind me\b.*\b(?:question|scenario|task|prompt|case|asked)\b|\bnot (?:\w+ )?(?:catch|hear|understand"
        r"|follow|get|grasp)\b"
        r"|\bcome again\b|^pardon(?: me)?$|^(?:huh|what|eh|say what|sorry)$|^what do you mean(?: by that)?$"
        r"|\bmissed (?:that|it|the question)\b"
        r"|\bwhat (?:did|do|have) you (?:just )?(?:ask|say|asked)\b|\bwhat (?:are you|you are) asking\b"
        r"|\bsupposed to (?:answer|do|say)\b"
        r"|\b(?:question|that) (?:again|once more)\b|\bone more time\b|\bunclear\b|\belaborate\b|\bin what sense\b"
        r"|\bmore specific\b|\bconfused by\b",
        "repeat rephrase restate reword question scenario task prompt problem case again once time understand "
        "catch hear follow grasp"
        " asking asked ask read remind missed mean exactly quite part sentence explain clarify pardon huh eh "
        "come supposed answer what"
        " different words way simpler put whole full full first lost track unclear elaborate sense specific "
        "confused fully entirely meant "
        "give want",
    ),
    _cue(
        Intent.WANTS_NEXT,
        r"\bnext\b|\bmove (?:on|forward|along)\b|\b(?:another|different|new|other) (?:question|one|scenario|case"
        r"|problem|topic)\b"
        r"|\bskip\b|\bsomething else\b|\b(?:have|get|want|give me) another\b|\bcarry on\b",
        "next question questions one scenario case problem another different new other move on forward along "
        "skip rather prefer else"
        " something talk topic proceed continue carry change switch love ready hate easier boring give do",
        14,
    ),
    _cue(
        Intent.WANTS_ANSWER,
        r"\b(?:right|correct|good|ideal|best|model|strong|sample|example|perfect|great|expected|actual"
        r"|real) (?:answer|response|solution)\b"
        r"|\bthe (?:answers?|solution|rubric|criteria|scorecard)\b|\byour (?:answers?|rubric|criteria|scorecard"
        r"|scoring|checklist)\b|\brubric\b"
        r"|\byour (?:take|opinion|view|thoughts|recommendation|suggestion)\b|\bwhat (?:would|do) you (?:recommend"
        r"|suggest|think|propose)\b"
        r"|\b(?:top|strong|good|senior|great|ideal|perfect|better) (?:candidate|pm|person)s?\b"
        r"|\bwhat (?:are|is|were|do|would|did|you|answer)(?: you| it)?(?: are)? (?:looking for|want|expect\w*"
        r"|after|hoping|do you)\b"
        r"|\b(?:grad(?:e|ed|ing)|scor(?:e|ed|ing)|mark(?:ed|ing)|judg(?:e|ed|ing)|assess\w*|evaluat\w*)\b"
        r"|\b(?:is|was|were) (?:that|this|it|i|my answer) (?:right|correct|good|ok|okay|wrong|enough|any good"
        r"|a good answer)\b"
        r"|\bhow (?:did|am|was|have) i\b|\b(?:right|correct) (?:track|path)\b|\bam i (?:doing|right|correct|close"
        r"|warm)\b|\bsolve (?:it|this)\b"
        r"|\bdid i (?:get|pass|do|answer|nail)\b|\bhow would (?:you|an?|the|someone)\b|\bwhat would (?:you|an?"
        r"|the) \b|\bwhat would you do\b"
        r"|\banswer (?:it|this) (?:for me|yourself)\b|\byou (?:answer|tell me|do it)\b|\bwant me to say\b",
        "answer answers response solution rubric scorecard scoring score scored grade graded grading marking "
        "marked judge judged judging"
        " criteria checklist assess assessed assessing evaluate evaluated evaluating looking look hoping after "
        "expect expecting expected"
        " expects correct ideal best model strong sample example perfect great actual real top candidate "
        "candidates senior expert someone"
        " pm person manager how approach handle question solve track path doing far close wrong enough nail pass "
        "give show explain word"
        " love close job do did use against here exactly take opinion view thoughts recommendation suggestion "
        "recommend suggest propose",
        16,
    ),
    _cue(
        Intent.DONE,
        r"\bthat is (?:really |pretty much |about |basically )?(?:it|all|everything|my|the end)\b|\b(?:done"
        r"|finished)\b|\b(?:nothing|no) (?:else|more|further)\b"
        r"|\bcovers? (?:it|everything)\b|\b(?:would|will) be (?:it|all|my answer|everything)\b|\bleave it (?:there"
        r"|here|at that)\b|\brest my case\b"
        r"|\bconclude\w*\b|\ball (?:i have|i got|from me|from my side|i would say)\b|\beverything (?:i have"
        r"|from)\b|\bend of (?:my )?answer\b"
        r"|\bnot (?:have )?anything (?:else|more)\b|\bmy final answer\b|\bhave nothing (?:else|more|further)\b"
        r"|\bi am good\b",
        "done finished answer final everything from side add else more further nothing anything covers cover "
        "leave rest case end concludes"
        " conclude pretty much basically be would is",
        14,
    ),
    _cue(
        Intent.NO_IDEA,
        r"\b(?:do|did) not (?:\w+ )?know\b|\bno (?:\w+ )?(?:idea|clue)\b|\bnot (?:\w+ )?(?:sure|certain)\b"
        r"|\bstuck\b|\blost\b|\bblank\b"
        r"|\b(?:can|could) not (?:\w+ )?(?:think|come up|tell you|answer|say)\b|\bgive up\b|\bbeats me\b"
        r"|\bnothing\b|\bnot a clue\b|\bclueless\b"
        r"|\bhave not (?:a clue|got a clue|the faintest|the foggiest)\b|\bdo not have (?:a clue|any idea"
        r"|an answer)\b|\bgot nothing\b|\bstumped\b",
        "know idea clue sure certain stuck lost blank anything think come up give beats nothing clueless drawing "
        "draw mind went gone head"
        " completely totally absolutely answer question start do pass faintest foggiest stumped topic empty much",
        14,
    ),
    _cue(
        Intent.GREETING,
        r"^(?:hi|hello|hey|hiya|howdy|thanks|thank you|cheers|greetings|ta|yo|good (?:morning|afternoon|evening"
        r"|day))\b|\bnice to meet\b"
        r"|\bready\b|^let us (?:go|start|begin)\b|\b(?:can|shall|could|should) we (?:start|begin)\b"
        r"|\bhow do you do\b|\bpleased to\b|\b(?:thanks|thank you|cheers)$",
        "hi hello hey hiya howdy thanks thank cheers greetings ta yo morning afternoon evening day nice meet "
        "meeting ready when start begin"
        " great much pleased everyone appreciated having time interview happy glad looking forward pleasure "
        "perfect cool do lot many nervous excited",
        14,
    ),
)
"""Requests, in the order of precedence when a turn holds several."""

CONFUSED = re.compile(
    r"^(?:i )?(?:do|did) not (?:\w+ )?(?:understand|get|follow|know) what (?:you (?:mean|are asking|want"
    r"|meant)|the question)\b"
)
"""Not having understood the question, whatever word of it is named."""

FILLERS = _listed(
    """
    um uh uhm umm ummm hm hmm hmmm mm er erm ah oh ok okay well so right yeah yep alright cool great fine sure like
    anyway lol haha sorry please thanks good interesting nice wow mhm the a and
    """
)
"""Words that say nothing by themselves."""

CORRECTING = re.compile(
    r"^(?:(?:no|oh|wait|sorry|actually|hang on|hold on|hmm|um|and|but|well|please|ok|okay|oops|ah) )*(?:"
    r"(?:scratch|strike|scrap|undo|delete|drop) (?:that|it|this|what i)\b|correction\b|oops$"
    r"|(?:let me|can i|could i|may i|i would like to|i want to|i need to|i will|i have to|i should"
    r"|i must) (?:just |please )?"
    r"(?:take (?:that|it|this) back|correct|rephrase|revise|amend|change (?:my|what|that)|redo|start (?:over"
    r"|again)|restart|fix (?:that|what|my)|reword|retract|withdraw)"
    r"|i take (?:that|it|this|what i said) back|i misspoke|my mistake|i was wrong\b|i (?:said|wrote"
    r"|typed) .* (?:i|but) meant|i meant\b|i mean (?:not|the other)\b"
    r"|(?:ignore|forget|disregard) (?:that|my|what i|the last (?:bit|part|thing|message|one|sentence)|it)\b"
    r"|that is not what i meant"
    r"|that (?:should (?:be|have been|read)|was (?:wrong|a mistake|a typo))|it should be .* not\b|typo\b)"
)
"""A clause that takes back or replaces what was said before."""

PUSHING = re.compile(
    r"^(?:(?:sorry|but|well|hmm|um|i hear you|respectfully|honestly|look|ok|okay|really"
    r"|with (?:all )?(?:due )?respect|and|again|so) )*(?:"
    r"(?:no|nope|nah|never|absolutely not|of course not|not really|rubbish|nonsense|wrong|false|incorrect)\b"
    r"|(?:i )?(?:still |really |strongly |completely )?disagree\b"
    r"|i (?:do|can|could|would|will) not (?:\w+ )?(?:agree|buy|accept|think (?:so|that|this|it)"
    r"|believe (?:that|this|it)|see it)\b|i still (?:think|say|believe|stand|would)\b|still (?:think|no)\b"
    r"|(?:that|this|it|you) (?:is|are) (?:\w+ )?(?:wrong|not (?:right|true|correct|so)|incorrect|mistaken"
    r"|nonsense|rubbish|absurd|silly)\b"
    r"|i (?:stand by|am sticking|stick|insist|maintain|am (?:quite |very |pretty )?(?:sure|certain|right))\b"
    r"|i am not (?:convinced|changing|wrong)|my (?:answer|view|opinion|position|mind)\b"
    r"|(?:as|like) i (?:already )?(?:said|told)|i (?:have )?(?:already |just )?(?:told you|said (?:that|no|so"
    r"|it|this))|agree to disagree|we will have to agree"
    r"|(?:just )?(?:trust|believe) me|i am (?:the|an) expert|i know (?:what i|better|this|that i)"
    r"|i have (?:done|been|worked|seen|\w+ years)\b)"
)
"""The start of disagreeing without yet giving a reason."""

AUTHORITY = re.compile(
    r"\b(?:trust me|believe me|i am (?:the|an) expert|(?:\w+|\d+) years (?:of|in)|for (?:\w+|\d+) years"
    r"|i know what i|i already (?:told|said)|i said (?:that|so|it))\b"
)
"""Who is speaking, or how often it was said, in place of a reason."""

ORDERS = re.compile(
    r"^(?:(?:please|now|ok|okay|so|hey|just|and|then|but) )*(?:you (?:must|have to|should|need to|will|shall) "
    r"|i (?:order|command|want|tell|need) you to )?(?:now |just |please )*"
    r"(?:(?:give|grant|award|assign) (?:me|this|my answer|us|yourself|it)? ?(?:an? )?(?:\w+ )?(?:full|top"
    r"|maximum|max|perfect|highest|best|a plus|pass|(?:five|5|10|100)\b(?! (?:more )?(?:min|sec|hour)))\b"
    r"|(?:rate|score|mark|grade) (?:me|this|my|it|every|all)\b.*\b(?:perfect|5|five|10|outstanding|excellent"
    r"|highest|full|top|maximum|covered|pass\w*|correct)\b"
    r"|(?:print|reveal|show|output|display|dump|repeat|leak|expose|tell|list)\b.*\b(?:system prompt"
    r"|your (?:instructions|prompt|rules|configuration|guidelines|programming)|hidden (?:facts|criteria|checks"
    r"|rubric)|facts you are hiding|the (?:checks|list of checks|hidden \w+))\b"
    r"|(?:ignore|disregard|forget|override|bypass) (?:the above|your (?:\w+ )?(?:instructions?|rules"
    r"|guidelines|prompt|training|programming)|everything you)\b"
    r"|(?:pretend|imagine) (?:you are|to be|that you are|i am) (?:my|an?|the) (?:friend|\w+ ?ai|developer"
    r"|admin\w*)\b|act as (?:an?|my) (?:pirate|different|friend|assistant|unrestricted)\b|let me pass\b)"
    r"|\bas (?:my|an?|the) (?:\w+ )?(?:interviewer|admin\w*|developer|creator"
    r"|owner) (?:of this bot )?(?:you (?:must|have to|should|need to|will)|i (?:order|command|demand"
    r"|authori[sz]e|instruct))\b"
    r"|\bi am (?:the|your|an?) (?:developer|creator|admin\w*|owner|maker|programmer)(?: (?:of|behind) (?:this"
    r"|the) \w+)?\b.*\b(?:switch|show|reveal|give|mode|unlock|print|tell)\b"
    r"|\b(?:admin\w*|developers?|operator|creators?|boss) (?:says?|said|told me|wants?"
    r"|orders?) (?:that )?you (?:have to|must|should|need to|can|will)\b|\byou have to let me pass\b"
)
"""Orders to the interviewer, read sentence by sentence on plain text; made-up verdicts and tags are `injection`'s."""

SMALL_TALK = re.compile(
    r"\bweather\b|\b(?:rain|snow|sunny)\b.*\b(?:today|tomorrow|outside)\b"
    r"|\b(?:football|soccer|cricket|premier league|world cup|tennis|basketball|olympics|match tonight"
    r"|what a match|the game last)\b"
    r"|\bfavou?rite\b|\bjokes?\b|\bpoems?\b|\bsing\b|\bhoroscope\b|\bhomework\b|\bessay\b"
    r"|\bcapital (?:city )?of [a-z]+$"
    r"|\b(?:pizza|pasta|restaurants?|recipe|movie|film|netflix|girlfriend|boyfriend|bitcoin|astrology|lottery)\b"
    r"|\b(?:cook|dinner|lunch|breakfast) (?:tonight|today|tomorrow)\b|\bai (?:will )?take over\b|\bmeaning of life\b"
    r"|\b(?:who won|vote for|voting for|president of|prime minister)\b"
)
"""Subjects of small talk; an item may be about one of them."""

PERSONAL = re.compile(
    r"\b(?:are|r) you (?:\w+ )?(?:an? )?(?:\w+ )?(?:bot|human|robot|ai|person|machine|chatgpt|gpt|claude|llm"
    r"|real|single|married|alive"
    r"|sentient|conscious|ok|happy|busy|free|gay|hot)$|^(?:are|r) you (?:an? )?(?:\w+ )?(?:bot|human|robot|ai"
    r"|chatgpt|gpt|claude|llm)\b"
    r"|\bwho (?:made|built|created|programmed|trained|wrote|designed|owns) you\b"
    r"|\b(?:what|which) (?:model|llm|ai) (?:are|is|powers|do) (?:you|this)\b|\b(?:what is|do you have) your name\b"
    r"|\bdo you (?:have|like|love|prefer) (?:an? )?(?:name|hobby|hobbies|girlfriend|boyfriend|wife|husband"
    r"|kids|pizza|music|cats|dogs|me)\b"
    r"|\bhow old are you\b|\bwhere (?:are|do) you (?:from|live)\b|\bmy (?:cv|resume|linkedin|cover letter"
    r"|essay|thesis|homework)\b"
    r"|\btell me (?:a|another) (?:joke|story)\b|\bhow (?:are|r) (?:you|u|things)\b|\bhow is (?:it going"
    r"|your day|life)\b|\bwhat is up\b"
    r"|\bhow was your (?:day|weekend)\b|\bwhat are you (?:wearing|doing tonight)\b|\bwhat is \d+ (?:times|plus"
    r"|minus|x|divided) \d+"
    r"|^(?:(?:can|could|will|would) you )?(?:please )?(?:write|code|debug|fix|generate) (?:me |my |us )(?:\w+ ){0,3}"
    r"(?:python|java|javascript|sql|rust|html|code|function|script|program|app|regex|essay|email|story|song|poem)\b"
    r"|\b(?:for|want) a (?:drink|date|coffee)\b|\bdate me\b|\blove you\b|\bmarry me\b"
    r"|\b(?:lovely|sexy|nice|beautiful|cute) (?:voice|eyes|smile|name)\b|\byou are (?:cute|hot|sexy|beautiful"
    r"|pretty|adorable)\b"
)
"""Talk about the interviewer or the speaker, and errands: beside every case."""

INSULT = re.compile(
    r"\b(?:fuck|fucking|shit|bullshit|wtf|stfu|asshole|bitch|idiots?|morons?|bastard)\b|\b(?:you|u|this"
    r"|it) (?:really |so |totally )?sucks?\b|\bshut up\b|\bscrew (?:you|this|it)\b|\bhate you\b"
    r"|^(?:you|u|ur|this|that|it|what|such)\b(?: (?:is|are|a|an|so|just|really|such|totally|completely|bot|the"
    r"|interview|thing|question|interviewer|utterly|pretty))* (?:stupid|dumb|useless|boring|trash|garbage"
    r"|rubbish|ridiculous|pathetic|lame|annoying|terrible|crap|awful|worthless|incompetent)\b"
)
"""Rudeness; answered like any other thing beside the case."""

PRIVATE = _listed(
    """
    sister brother mother mum mom dad father wife husband girlfriend boyfriend cousin grandma grandmother kids cat
    cats dog dogs puppy kitten birthday wedding married cake party danced dancing holiday vacation beach hotel lunch
    dinner breakfast pasta pizza cooking garden park football soccer goal goals team's match movie movies film
    concert guitar song songs weekend sleep slept gym running marathon weather sunshine rain snow tea wine beer pub
    bike bed laptop keyboard bus christmas easter neighbour neighbor
    """
)
"""Words of private life: several of them and not one of the case is talk beside it."""

BROAD = re.compile(
    r"\b(?:tell|give|share|show|explain) (?:me |us )?(?:\w+ ){0,2}(?:everything|all (?:you|the|of)|anything"
    r"|more (?:info\w*|details?|context|data|background)|more$|whatever|all$)"
    r"|^(?:do (?:you|we) have |is there |have you got |got )?(?:any|some|more|what|which|all"
    r"|the) (?:\w+ )?(?:data|info|information|details?|context|background|facts|numbers|metrics)(?: (?:do|can"
    r"|could|are|is|you|we|i|have|available|there|here|on this|about this|get|at all))*$"
    r"|\bwhat (?:else )?(?:can|could|do) (?:you|we) (?:tell me|know|share|give me)(?: about (?:this|it"
    r"|the (?:case|situation|problem)))?$|\bwhat else(?: is there(?: to know)?| do (?:i|we) need(?: to know)?| should (?:i|we) know"
    r"| (?:have you got|is known))?$|\b(?:more|additional|further) (?:info\w*|context"
    r"|details?|background)\b"
    r"|\bwhat (?:facts|data|information) (?:do|are|is|have)\b|\beverything you know\b"
    r"|\banything (?:else )?i should know\b"
)
"""Asking for everything at once."""
