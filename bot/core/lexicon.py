"""What words mean to the grader: small words, negators, chat abbreviations, synonyms and opposites.

Pure data about English and about computing in general; the words of one subject belong into its deck. A hyphen joins words that
stand for one. Synonyms stand a group to a line, abbreviations as short=long.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


# Small words take no room between the words of a phrase.
STOP_WORDS = _words(
    """
    a an the of is are be am was were been being to in into it its this that these those there here on onto at by for from with
    as and or i me my we us our you your he she him her his they them their theirs some any such so then than too also just very
    really will would can could may might shall should do does did doing done have has had having get gets got getting go goes
    which who whom whose what when where how why if else because although about up like well maybe probably actually basically
    simply let lets please okay ok yes yeah hi hello thing things stuff way ways kind sort lot lots bit etc via
    """
)
# Left out of phrases: whoever writes one need not care for them.
SMALL_WORDS = _words(
    """
    a an the of is are be am was were been being to in into it this that these those there on at by for from with as and or so i
    we you they he she will would can could may might do does did has have had
    """
)

# A negator turns what follows it in its clause; the number is how many content words it reaches.
NEGATORS = {
    "not": 7, "no": 5, "never": 7, "cannot": 7, "without": 5, "neither": 7, "nor": 6, "nothing": 4, "nobody": 4,
    "noone": 4, "unlike": 3, "nowhere": 5, "hardly": 4, "non": 1, "lacks": 4, "lack": 4, "unable": 5,
}  # fmt: skip
# "None" alone is a value ("returns None") and "except" a word of code: both deny only in these pairs.
NEGATOR_PAIRS = {
    ("instead", "of"): 3,
    ("rather", "than"): 4,
    ("opposed", "to"): 4,
    ("no", "longer"): 6,
    ("contrary", "to"): 4,
    ("none", "of"): 4,
    ("except", "for"): 3,
}
# A negator followed by one of these says nothing negative ("not only ... but also", "no matter", "don't forget").
PSEUDO_NEGATED = _words(
    """
    only just merely simply forget matter doubt mention necessarily hesitate problem wonder
    """
)
# These open a new clause: negation does not pass them.
CLAUSE_OPENERS = _words(
    """
    but and so because while whereas although though however then which if when unless until since where plus otherwise yet only
    instead
    """
)
# "It is not true that ...", "it is a myth that ...": the rest of the sentence is denied.
DENIALS = _words(
    """
    true false wrong myth incorrect untrue correct case right mistake misconception
    """
)

# As typed in chats, and other spellings.
ABBREVIATIONS = _pairs(
    """
    db=database dbs=database req=request reqs=request res=response resp=response ctx=context cfg=config conf=config
    auth=authentication authn=authentication authz=authorization fn=function func=function funcs=function fns=function w=with
    b/c=because bc=because cuz=because coz=because cos=because u=you ur=your r=are pls=please plz=please thx=thanks msg=message
    msgs=message pw=password pwd=password pwds=password passwd=password passwords=password env=environment envs=environment
    vars=variable var=variable dev=development prod=production param=parameter params=parameter arg=argument args=argument
    attr=attribute attrs=attribute dir=directory dirs=directory lib=library libs=library pkg=package repo=repository apps=app
    application=app applications=app info=information doc=documentation docs=documentation ex=example eg=example e.g=example
    tho=though thru=through bw=between btw=anyway btwn=between sec=second secs=second min=minute mins=minute hr=hour hrs=hour
    ms=millisecond num=number nr=number str=string int=integer bool=boolean dicts=dict dictionary=dict dictionaries=dict
    exc=exception err=error errs=error impl=implementation mgmt=management perf=performance tmpl=template tpl=template
    tmp=temporary temp=temporary max=maximum dflt=default diff=different js=javascript py=python ids=id cant=cannot
    prob=probably obj=object objs=object alr=already smth=something sth=something ppl=people del=delete creds=credentials
    addr=address srv=server svr=server cert=certificate certs=certificate img=image imgs=image pic=image usr=user acct=account
    col=column cols=column tbl=table conn=connection conns=connection esp=especially sync=synchronous async=asynchronous
    cb=callback bp=blueprint ver=version k8s=kubernetes perm=permission perms=permission configuration=config
    configurations=config configs=config configure=config configured=config configuring=config gonna=will wanna=want gotta=must
    hv=have ofc=of-course colour=color behaviour=behavior catalogue=catalog centre=center licence=license writeable=writable
    admin=administrator admins=administrator sess=session cred=credentials mw=middleware decl=declare ws=websocket hw=hardware
    concat=concatenate concats=concatenate lang=language proc=process procs=process ref=reference refs=reference stmt=statement
    stmts=statement becouse=because becuse=because becuase=because beacuse=because wich=which untill=until insted=instead
    """
)
# "not" as typed in chats.
NOT_WORDS = _words(
    """
    dont doesnt didnt isnt arent wasnt werent wont cant couldnt shouldnt wouldnt hasnt havent hadnt aint mustnt neednt cannot
    dosent doesent dosnt doenst isent wont
    """
)
# What others believe is no claim of the writer's: "people think ...", "a myth is ...", "don't say ...".
BELIEVING = _words(
    """
    think thinks say says assume assumes believe believes expect expects claim claims imagine suppose suggest suggests propose
    proposes argue confuse treat treats
    """
)
# How people talk about a matter, whatever it is: neither backed by what is known of it nor unheard of.
TALK = _words(
    """
    forget forgets forgot forgotten remember note careful beware wonder surprise surprised usually typically usual normally basically
    simply honestly example whatever common classic tried learned
    """
)
# What goes wrong: "without a key it raises an error" asks for a key.
HARMS = _words(
    """
    raise raises raised error errors exception fail fails failed failing break breaks broke broken crash crashes lose loses lost leak
    leaks wrong empty refuse refuses refused reject rejects rejected vulnerable attack attacks attacker attackers forge forged
    hijack useless trouble stale die dies gone means blocked blank
    """
)
ERRORS = _words(
    """
    myth myths misconception misconceptions misunderstanding misunderstandings mistake mistakes pitfall pitfalls trap confusion
    mistakenly
    """
)
OTHER_PEOPLE = _words(
    """
    people some many most folks beginners newcomers others everyone everybody somebody someone colleagues juniors candidates
    students tutorials blogs
    """
)
# After these a sentence turns from what others believe to what is so.
TURNS = _words("but however yet although though whereas actually really instead")
# What stands after these is only supposed.
SUPPOSING = _words("if unless without")
# A sentence with one of these speaks of two things; the odds are that a claim in it is about the other.
CONTRASTS = _words(
    """
    instead unlike than rather older whereas while though but versus vs compare compared
    """
)
# Words that the stemmer would throw together with others that mean something else.
OWN_STEMS = _words(
    """
    optional important importance additional relational universal university organization several past paste operator general
    generally internal international external functional traditional generic experience expensive
    """
)
NUMBERS = _pairs(
    """
    zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 twice=2 1st=first 2nd=second 3rd=third
    hundred=100 thousand=1000 million=1000000 kilobyte=kb kilobytes=kb megabyte=mb megabytes=mb
    """
)

SYNONYMS = """
browser client
store keep save hold stash
create build generate construct
delete remove erase
send transmit
return respond
get fetch retrieve obtain
change modify alter
tamper manipulate
forge fake spoof
begin start launch
stop halt
quick fast speedy rapid
slow sluggish
error exception
check verify validate
forbid deny refuse reject block disallow
allow permit
confidential sensitive
hide conceal
require must need mandatory
choose select pick
call invoke
happen occur
several many multiple
big large huge
small tiny
directory folder
argument parameter
library package module
user visitor
login log-in sign-in logged-in signin
logout log-out sign-out
split divide separate
bind attach
wrap decorate
encrypt cipher
decrypt decipher
attacker hacker intruder
dangerous unsafe risky insecure
prevent avoid
protect guard defend
expose reveal leak
cheap lightweight
simple easy
hard difficult
background asynchronous
parallel concurrent simultaneous same-time
global app-wide
localhost 127.0.0.1 loopback
different distinct
same identical
automatic auto
convert transform cast
sanitize clean
placeholder slot hole
insert add
rollback roll-back undo revert
expire timeout time-out
maximum limit cap
before prior
after afterwards
initially first
large heavy
deploy ship
missing absent lack
wrong incorrect
correct proper
reload refresh
third-party external
built-in builtin native out-of-the-box bundled
job task
schedule cron
inside within
instance object
readable visible
upload attach
json application/json
postgres postgresql
javascript js
"""

# Said in the place of the other, the claim is turned round. Sides by a slash, words of one side by a space.
OPPOSITES = """
client browser / server
before prior / after afterwards
always / never
first / last
request / global process
encrypt encrypted encrypts / sign signed signs
allow allows permit permits / block blocks forbid forbids deny
inside within / outside
synchronous sync / asynchronous async
required mandatory / optional
built-in builtin bundled / extension third-party
same / different
many several multiple / single
on enabled enable / off disabled disable
lazy lazily later / immediately eager eagerly
mutable / immutable
public / private
start startup / teardown
open opens / close closes
read reads / write writes
relative / absolute
temporary / permanent
short / long
small / large big huge
local / global
innermost / outermost
inner / outer
stateless / stateful
success / failure error
thread / process
manually manual hand / automatically automatic
reverse / registration
increase increases / decrease decreases
faster / slower
true / false
minimum / maximum
left / right
above / below
"""

# Words of claims without exceptions: right where the deck says so too, a sign of a false claim where it does not.
ABSOLUTES = _words(
    """
    always never automatically automatic only must every default immediately directly permanently forever guarantee guaranteed
    needed need needless necessary optional cannot nothing anything impossible itself entire whole once startup unless just all
    each same instead already simply
    """
)

NON_ANSWERS = (
    "i dont know", "dont know", "do not know", "i do not know", "idk", "no idea", "not sure", "no clue", "pass", "skip", "next",
    "dunno", "i have no idea", "sorry", "help", "i dont remember", "i forgot", "forgot", "never heard", "i cant answer", "no answer",
    "no submission", "what", "hmm", "i am not sure", "have to look it up", "would need to look that up", "need to look that up",
    "not familiar", "cannot answer",
)  # fmt: skip

# Correctly spelt words that look like a typo of another word.
COMMON_WORDS = _words(
    """
    form from host post port cost most past last list lost sign sing site side size since line link like live life love leave
    level large serve server service several user users used uses useful class close clone code cookie cache catch case call
    called calls cool core clear clean client clients every ever event even never next text test tests best rest request
    requests require required route routes router root role roles rule rules run runs read reads real really ready render return
    returns right write wrote written writes first fast faster field fields file files fine find free front full function
    functions find found form forms format forward table tables take takes task tasks tell tells then there their they them
    these those thing things think thread threads three through time times type types token tokens track trace trade true trust
    truth turn turns loop look looks lock locks local load loads long lower main make makes many map maps match mean means meant
    memory method methods might mind miss model models mode module modules more move much must name names need needs new node
    none note notes number numbers object objects offer often once open option options order other over page pages part parts
    party pass path paths pattern people per place plain plan play point points pool pure push put python query queries question
    quick quite queue same safe save saves saved schema scope script second secret section secure see seen sees send sends sent
    session sessions set sets share shared ship short should show shows simple single slow small some something sort source
    speed split stack stage start starts state static status stay stays step still stop stops store stores stored string strong
    style submit such sure system switch value values very view views visit wait want wants ware wear what when where which
    while white whole whose will with within without word words work worker workers works world worse would wrap wraps wrong
    year yield your about above abort accept access across action active actual add adds address after again against all allow
    allows alone along already also always among and another answer any apply area argument around ask asks aware away back bad
    base based basic because become before begin behind being below better between big bind block blocks body book both bound
    break bring browser build built bug bugs bytes came can cannot change changes char check checks child choose collection come
    comes comment common compare compile complete concept config connect connection constant contain content context control
    convert correct could count create creates cross current custom data database date days deal debug decide deep default
    define delete deploy depend describe design detail develop device different direct does done down draw drop during each
    early easy edit effect either else empty enable encode end engine enough ensure enter entire entry environment error errors
    escape exact example except exist exit expect expire explain expose extend extension extra fact fail false feature fetch few
    filter final fix flag flow follow font foot force frame give gives given global goes going good great group grow half hand
    handle hang happen hard hash have head header headers hear help here hide high hold holds hook hope hour house how idea
    image import include index inform inject inner input insert inside install instance instead into issue item items itself
    join jump just keep keeps kept kind know known label lack language late later launch layer lazy lead learn least left less
    let letter light limit lines little lives log login logs logic made mail manage manual
    """
)


def _both_ways(table: str) -> dict[str, frozenset[str]]:
    opposite: dict[str, frozenset[str]] = {}
    for line in table.strip().splitlines():
        one, other = (_words(side) for side in line.split("/"))
        for here, there in ((one, other), (other, one)):
            for word in here:
                opposite[word] = opposite.get(word, frozenset()) | there
    return opposite


OPPOSITE = _both_ways(OPPOSITES)
