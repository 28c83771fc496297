"""Lists of English words the offline mind treats alike: empty ones, weak ones, negations, spellings, irregular forms.

Only lists; how they are used is `text`'s and `matching`'s work.
"""

from __future__ import annotations

_STOP = """
a an the this that these those it its itself i me my mine myself we us our ours ourselves you your yours he him his
she her they them their theirs there here is are was were be been being am do does did doing done have has had having
will would shall should can could may might must and or of to in on at by for from with as if so than then too very
just also about into onto upon per via while during which who whom whose what when where how such some any each every
both either lot lots bit really quite pretty actually basically essentially simply um uh erm er hmm mm ah oh ok okay
well yeah yes yep right like kind sort kinda sorta gonna wanna gotta let lets now again still even ever yet already
only maybe perhaps probably likely possibly however therefore thus hence though although because since but etc eg ie
vs one ones thing things something anything stuff way ways etcetera whether between among within across through
quickly obviously clearly literally honestly personally generally usually typically mostly especially particularly
please thanks thank hi hello mean want need go get got getting going come say said think guess feel believe know see
look try make made put take use used using
"""
STOP = frozenset(_STOP.split())
"""Words that carry nothing by themselves."""

_PARTICLES = """
up down back out off over away through around ahead apart
"""
PARTICLES = frozenset(_PARTICLES.split())
"""Small words that turn a verb into another one; they count only inside a phrase of the thesaurus."""

_WEAK = """
able ask call change check compare consider decide define do ensure explain find first give good happen have help hold
important keep large last lead leave less long look main many mention more most move much name new next number old
other own part person plan point problem question real reason run second set show small start state still tell thing
think time today tomorrow try turn two understand whole work world would year day week month clear specific different
same certain various several simple answer team user customer product company people big high low case example actual
general talk everyone someone anyone everything nothing sure better best great bring note describe identify based
whatever include involve
"""
WEAK = frozenset(_WEAK.split())
"""Words that are said in every answer: they weigh little."""

_NEGATORS = """
not no never without none nothing nobody neither nor instead rather hardly barely
"""
NEGATORS = frozenset(_NEGATORS.split())
"""Words that deny what follows them in their clause."""

_CONTRASTS = """
until unless but because before since so if except only however although though instead rather
"""
CONTRASTS = frozenset(_CONTRASTS.split())
"""Words that end the reach of a negation."""

_JOINS = """
and so but because then or if when which while also i we next first second finally um uh like
"""
JOINS = frozenset(_JOINS.split())
"""Words before which a sentence without full stops may be cut."""

_IRREGULAR = """
sent:send told:tell found:find broke:break broken:break wrote:write written:write gave:give given:give took:take
taken:take chose:choose chosen:choose lost:lose built:build went:go gone:go knew:know known:know shown:show led:lead
fell:fall fallen:fall grew:grow grown:grow growth:grow paid:pay spoke:speak spoken:speak ran:run sold:sell bought:buy
kept:keep held:hold left:leave meant:mean met:meet thought:think understood:understand drew:draw drawn:draw
drove:drive driven:drive froze:freeze frozen:freeze hid:hide hidden:hide rose:rise risen:rise saw:see seen:see
taught:teach threw:throw thrown:throw began:begin begun:begin became:become caught:catch fought:fight spent:spend
brought:bring learnt:learn burnt:burn dealt:deal fed:feed felt:feel got:get heard:hear hurt:hurt laid:lay lied:lie
misled:mislead overrode:override overridden:override rebuilt:rebuild shot:shoot slid:slide stuck:stick swung:swing
worse:bad worst:bad people:person children:child indices:index indexes:index criteria:criterion analyses:analyze
analysis:analyze analyse:analyze analysing:analyze analysed:analyze hypotheses:hypothesis men:man women:woman
losses:lose loss:lose choice:choose choices:choose proof:prove safety:safe complaint:complain complaints:complain
diagnosis:diagnose diagnoses:diagnose accuracy:accurate accurately:accurate inaccuracy:inaccurate decision:decide
decisions:decide failure:fail failures:fail approval:approve approvals:approve removal:remove refusal:refuse
denial:deny deletion:delete latencies:latency knowledge:know assumption:assume assumptions:assume response:respond
responses:respond explanation:explain explanations:explain maintenance:maintain retention:retain reduction:reduce
comparison:compare comparisons:compare sale:sell sales:sell strength:strong length:long depth:deep width:wide
freshness:fresh awareness:aware priorities:priority prioritise:priority prioritize:priority prioritising:priority
prioritizing:priority prioritised:priority prioritized:priority certainty:certain uncertainty:uncertain
confidence:confident behaviour:behave behavior:behave behaviours:behave behaviors:behave variance:vary variation:vary
variations:vary variability:vary variable:vary perception:perceive reception:receive
"""
IRREGULAR = dict(pair.split(":") for pair in _IRREGULAR.split())
"""Forms that stemming does not bring together, and the form they are compared by."""

_SPELLINGS = """
centre:center centres:centers metre:meter programme:program programmes:programs defence:defense licence:license
catalogue:catalog dialogue:dialog judgement:judgment grey:gray cheque:check enrol:enroll fulfil:fulfill ageing:aging
whilst:while artefact:artifact artefacts:artifacts sceptical:skeptical storey:story tonne:ton
acknowledgement:acknowledgment practise:practice offence:offense cosy:cozy mould:mold plough:plow aluminium:aluminum
"""
SPELLINGS = dict(pair.split(":") for pair in _SPELLINGS.split())
"""Spellings that no rule brings together."""

CONTRACTIONS = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "shan't": "shall not",
    "ain't": "is not",
    "let's": "let us",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "werent": "were not",
    "cant": "can not",
    "wont": "will not",
    "havent": "have not",
    "hasnt": "has not",
    "hadnt": "had not",
    "im": "i am",
    "ive": "i have",
    "id": "i would",
    "thats": "that is",
    "whats": "what is",
    "theyre": "they are",
    "youre": "you are",
    "w/": "with",
    "w/o": "without",
    "b/c": "because",
    "bc": "because",
    "cos": "because",
    "cuz": "because",
}
"""Short forms that are two words, with and without the apostrophe."""

_NUMBERS = """
zero:0 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 fourteen:14
fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70
eighty:80 ninety:90 hundred:100 thousand:1000 million:1000000
"""
NUMBERS = dict(pair.split(":") for pair in _NUMBERS.split())
"""Number words; `one` is left out, it is mostly a pronoun."""

_VERBS = """
advertis appear belong bui carri caught combin consist contain cost depend deserv differ equal feel hurt kick lack los lead mean
need occur pass read reach refer repres requir return rise sell shrink shop slip spread suffer surviv transfer transmit vari want
accept act add admit agree alert align allow analyz announc answer apolog appli approv ask assess assign assum audit
automat avoid ban begin block break bring build bypass call cancel catch chang charg check choos clear close collect
commit compar complain comput confirm connect contact continu correct count cover creat cut debug decid decreas defin
delay delet demot deni deploy design detect determin diagnos disabl discuss divid do downgrad drop eat edit embed
enabl end ensur escal estim evalu examin exclud explain expos extend fail fall fetch figur filter find fix flag flush
focus follow forc freez gather get give go grow guess handl happen hear hide hire hold identifi improv includ increas
inform inspect interview investig invit involv isol join keep kill know label launch learn leav let limit link list
listen look lose lower mail make manag map mark match matter measur mend messag migrat mitig monitor move name need
notic notifi offer open own page paus pay pick pin plan post prefer prevent promis protect prove publish pull purg
push put quantifi rais rank re-run rebuild receiv recommend record redo reduc reembed refresh refund refus reindex
reject releas reload rememb remov replac repli report request rerun research resolv restart restor retir retrain retri
return reveal revert review reward roll rout rule run sampl save say scale schedul see segment send separ serv set
share shift ship show shut sign sit size skip slice slow solv sort speak spend split spot start state stay step stop
store suggest support suspend switch take talk teach tell test think throttl tighten trace track train translat trust
turn understand undo updat upgrad use valid verifi visit wait walk warn watch weigh win work write
"""
VERBS = frozenset(_VERBS.split())
"""Stems of verbs by which people say what they would do."""

_FOREIGN = """
der die das und ist nicht ein eine einen ich wir sie mit auf für von dem den des zu auch wenn aber oder wird werden
würde dass wie sich sind hat haben kann bei nach zuerst dann noch alle mehr

le la les et est pas une un des je nous vous avec pour dans sur que qui mais ou sont serait cette ce ces du au aux
plus alors puis comme si elle ils faire être leur leurs

el la los las y es no un una de que en por para con yo nosotros se lo más pero como si sería este esta estos del al su
sus primero luego son está hay muy también

il lo la gli le e è non un una di che in per con io noi si ma come se questo questa del della dei delle più sono anche
poi prima nel nella alla

o a os as e é não um uma de que em para com eu nós se mas como seria este esta do da dos das no na mais são também
primeiro depois isso ao

de het en is niet een ik wij we met op voor van die dat dan ook als maar of wordt worden zou zijn hebben kan bij naar
eerst nog alle meer om te

i w na nie jest to że się z do jak ale czy który która dla po przez jako tylko by był są może oraz najpierw

och att det är en ett som på av för med inte jag vi den till om men kan ska skulle har från också när sedan först alla

ve bir bu için ile çok daha ama gibi olarak ne var değil önce sonra ben biz da de
"""
_ALSO_ENGLISH = frozenset(
    ("no", "in", "me", "all", "of", "die", "den", "to", "as", "is", "we", "op", "by", "hat", "bank")
)
FOREIGN = tuple(frozenset(block.split()) - STOP - _ALSO_ENGLISH for block in _FOREIGN.split("\n\n"))
"""Small words of other languages that are not English ones, a language each: German, French, Spanish, Italian, Portuguese,
Dutch, Polish, Swedish, Turkish."""

# How often a stem or a concept (marked #) is met in a sentence of an interview answer, whatever the question; counted over
# answers to many questions. What everybody says tells little about one check.
_COMMON_ALWAYS = """
#model #data-scientist model #user #build #launch #buyer not #increase #order ai #train #resource #quality product
"""
_COMMON_OFTEN = """
data #tell #document user #what-changed #personalise #frequency #accuracy #pretrained #cause #recent #right #decrease
#find-out #i-did #segment #ask #choose #wrong #explain #fail #money #important #sample #check #scope #experiment
#share #ingest answer #job #feedback #mistake-mine #executive #interview-users #option #uncertain #threshold #pipeline
#measure #engineer more #add #gradual #done-when #result #count-people high
"""
_COMMON_COMMONLY = """
#since-when #constraint #real-number #improve #severity #keep first accur #leakage #situation #finance #manager
#expensive train week #inference #risk #target #baseline #focus engin #labelled-data #write-down time #own system
#both #worse featur #api #learn-lesson #opportunity-cost #trust #upstream #small #churn cost #example #recommend
#remove #differentiate learn #multi-step #guardrail question #vary #test-software #investigate generat design #certain
custom #success-metric #fix #prompt #knowledge-base #stop #strategy #skill #monitor befor #human-review #conversion
chang #schedule manag #seller show base #context-window #support-agent team real build start #compare #satisfaction
#agree #outcome vector #at-once #afterwards #make-good #criteria output work #coach #transfer-fit #revisit #label
#likelihood #database #fine-tune #contact #image percent #explainable specif #evidence person ask #stale #invest #fast
experi second #contract #revenue #agentic pipelin wrong #dependency
"""
_COMMON_SOMETIMES = """
#throughput #growth #integration #majority #eval #value #cite #by-hand #contain #from-scratch qualiti fine label
#market #sales day search page #statistical #staff perform decid #behaviour #pricing ensur context #engagement
document #tone tune #capacity #miss #total-package #roi test #date-of-edit fail prompt #log #scale give matter
#workload new find #enough input #average-hides differ tell requir own text without write #symptom case #hypothesis
review #false-alarm ml technic databas all most #permission #worst-case optim #expert mani #estimate confid #wait
improv #expectation #the-ask #negotiate #rule-out #listen #next-update problem rather #security continu #deadline set
after #profit run under #cut-scope last metric process api bad no human #analogy type align relev constraint llm
implement #stakeholder evalu risk #headline suggest understand rate #pain #overfit behav #say-unknown trust respond
approach low framework busi measur launch becom small #in-time #commit #market-data #reliability #warn loop posit
#hard good defin #milestone explain complet #prevent queri best #minority exampl #language #saving #privacy #downtime
#no-retrain keep check #buy-vs-build often predict #gracious valu end never against word #zero #competitor leav better
#consistency caus #automate concept #data-quality third deploy correct error
"""
COMMONNESS = {
    name: factor
    for factor, listed in ((0, _COMMON_ALWAYS), (1, _COMMON_OFTEN), (2, _COMMON_COMMONLY), (3, _COMMON_SOMETIMES))
    for name in listed.split()
}
"""How common a stem or #concept is: 0 in every tenth sentence, 1 in every twentieth, 2 in every fortieth, 3 in every eightieth."""

# In how many questions of the bank a stem stands: what half of them speak of tells little about which one an answer is to.
_IN_HALF = """
add after against all alon anoth ask bad befor besid build chang choos cost count custom data date decid drop els end
engin fall few figur find fix give goe half hand happen hour keep learn leav line list lose measur minut miss model
money name near never no nobodi not notic often onc pay percent rate rather read result sentenc share show somebodi
stay stop switch tell test train until version wait week whi without word write wrong
"""
_IN_THIRD = """
abov accept accur act afterward agre answer averag becom begin below blind break bring buy call came carri case catch
check close collect compar complain correct cut day delay differ draw enough error expect fail fals far featur fewer
fine finish fit follow group hard harm hear hide hit hold human hurt instead judg label later launch limit littl live
log longer mark matter meet mistak monday month move multipli number open order other output page pass past pick place
plain play point price product promiz prove qualiti quarter reach releas repeat replac repli report request rest
retrain return review rize round rule run sampl save score screen search sell send separ set short side sign singl
slow smaller split stand start step suppos text third threshold time tri true trust turn twice type under user watch
whoever work worth
"""
_IN_FIFTH = """
account admit affect afternoon alarm allow along aloud anybodi appear approv arriv automat bar beat beforehand behav
behind bill board budget button caus cheap cheaper clean commit condit confid convers copi daili design desk divid
document doubt earlier easi edit euro evalu evening everybodi exact exampl exist extra feed free fresh friday full
gain gap generat grow head help idea ident improv input job kill languag late latenc lead load long lower machin manag
manual meanwhil messag moment morn night none offer otherw outsid owner phone pictur piec pipelin posit press prompt
pull purpos question raiz random rank reason record refus remov repair risk road roll safe second serv servic settl
ship similar sit size sooner sourc speed spend staff stage suggest supplier support system tabl tenth term token
traffic treat trial unless updat valu volum warn win year
"""
_IN_EIGHTH = """
abandon advanc ago alert alik announc annoy anyway app argu asid assist audit author autom bank base baselin belong
bias block book box busi cach canari cancel candid cent chat cheapest chief claim click code collaps colleagu
competitor comput concept confirm consent content context contract control cover criterion critic damag danger dataset
dead deadlin delet deploy difficult distribut doubl draft drift effort embed estim event exceed exchang exclud expens
experi expert explain fact fair fallback fast faster field fifth file filter financ firm flat flip floor form freez
front further gate golden grade green ground guard habit halv handl hang higher histori home honest hope incid index
inform insid instruct invent item larger leak legal level lie listen lookup loop maintain march market match materi
memori metric middl millisecond mind minus monitor narrow negat neither object offic offlin oper opinion option
ordinari outcom pair passag pattern percentag percentil photograph pile pilot plan plant plus poor precis predict
prefer propos protect prototyp provid public purchas queri queue quick quot quota rang rare recal recommend refund
region reject relev reli remain remedi renew rent replay reserv respond retriev ring riski rival role rollout room
rough rout scientist season segment session shadow shop shorten shorter signal silent skip slip slower softwar solv
soon sound speak spike spot spring stake state store straight strict style subtract success suit summari summer
surpriz swap talk target tast teach team telephon themselv thousand thursday ticket togeth tonight tool top topic
total touch trace trade translat truth tuesday tune uncertain unknown unlik unseen vari vendor view visit walk weigh
whenev window withdrawn
"""
OWN_SHARE = {
    stem: share
    for share, listed in ((0.2, _IN_HALF), (0.4, _IN_THIRD), (0.55, _IN_FIFTH), (0.75, _IN_EIGHTH))
    for stem in listed.split()
}
"""How much a stem tells about which question is spoken of, 0 to 1; one that is not listed tells all, being rare."""
