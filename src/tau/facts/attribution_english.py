"""Signs in English text that its words are not the person's own plain words about themselves.

Patterns only, as data for `trust`: parts of others' texts (letters, logs, subtitles, search
results), roles, drafts, exercises and games. Each alternative is a kind, not an example.
"""

import re

_KINDS_OF_DRAFT = (
    r"(?:survey|form|questionnaire|application|poll|quiz|game|character|profile|part|role|play"
    r"|sketch"
    r"|story|novel|book|screenplay|bio|biography|ad|advert|listing|cover letter|essay|speech"
    r"|exercise"
    r"|test|sake of argument|record|intro|introduction|example|card|post|blog|article|website|cv"
    r"|resume|résumé|script|scene|podcast|video|caption|tweet|campaign|interview question|homework)"
)
_GAMES = (
    r"(?:(?:the )?sims|gta|minecraft|skyrim|d ?& ?d|dnd|dungeons|stardew valley|animal crossing"
    r"|roblox|world of warcraft|second life|pok[eé]mon|fallout|monopoly|civ|civilization|zelda"
    r"|elden ring|baldur's gate|fantasy football|crusader kings|the metaverse|vr)"
)
_PLATFORMS = (
    r"(?:tinder|bumble|hinge|okcupid|grindr|linkedin|instagram|insta|twitter|facebook|tiktok|reddit"
    r"|airbnb|etsy|upwork|fiverr|github|dating|online|forum|company|author|speaker)"
)
ROLE = re.compile(
    rf"(?:^|[.!?\n]\s*|, )(?:for|in|on|as) (?:the|a|an|my|this|our"
    rf"|that) (?:\w+ )?{_KINDS_OF_DRAFT}\b"
    r"[^.!?\n]{0,40}?[,:]? (?=(?:I|I'm|I've|my|we)\b)"
    rf"|\b{_KINDS_OF_DRAFT}[^.\n:]{{0,30}}:|\b(?:first |rough )?draft\b[^.\n]{{0,40}}[:.]"
    rf"|\b(?:{_PLATFORMS} (?:profile|bio|headline|summary|about section|post|ad|listing|page)"
    r"|cover letter|personal statement|elevator pitch|marriage vows|wedding speech)\b"
    rf"|\bin {_GAMES}\b|\b(?:my|our|the|this|a|her|his) (?:\w+ )?(?:persona|avatar|alter ego|npc"
    rf"|sim|oc"
    r"|narrator|protagonist|main character|hero|heroine|character)\b"
    r"|\b(?:role ?-?play(?:ing)?|in character|as my character|larp(?:ing)?|improv|cosplay)\b"
    r"|\b(?:pretending|acting|playing the (?:role|part)|speaking) (?:to be|as|of)\b|\bI(?:'m"
    r"| am) playing an?\b"
    r"|\b(?:(?<!as )if I were|(?<!as )if I was|in another life|in a parallel|in an alternate"
    r"|in theory|picture this"
    r"|thought experiment|devil's advocate|hypothetical\w*|make[- ]believe|fictional|made[- ]up"
    r"|fake (?:name|profile|id)"
    r"|what if (?:I|my)|let us pretend|say (?:I'm|I am|I live|I have)|just as an example"
    r"|as an example"
    r"|on behalf of|in (?:her|his|their|someone's) (?:name|words|place|shoes)|ghostwrit\w*)\b"
    r"|\b(?:two truths|true or false|never have I ever|would you rather"
    r"|who am I\b|guess (?:who|where|what I)"
    r"|riddle me"
    r"|multiple choice|trivia|charades|20 questions|twenty questions|mad libs)"
    r"|\b(?:lyrics?|chorus|karaoke|sing along|song goes|singing|nursery rhyme|[♪♫])"
    r"|\b(?:duolingo|babbel|flash ?cards?|textbook|vocabulary|phrasebook|practi[cs]e sentences?"
    r"|repeat after|example sentences?|sample (?:sentences?|text|dialogue|data)|lorem ipsum"
    r"|test (?:sentence|message|data|input|case)"
    r"|dictation|grammar|pronounc\w+|conjugat\w+|fill in the blanks?|homework)\b"
    r"|\b(?:(?:french|german|spanish|english|italian|chinese|japanese|language|esl|drama|acting"
    r"|writing) "
    r"(?:lesson|class|course|exercise|homework|textbook|book|app|teacher)[^.\n]{0,40}(?:say"
    r"|sentence|:))",
    re.IGNORECASE,
)
"""Starts a role, a draft, an exercise or a game: nothing in the message is meant of the person."""

PASSED_ON = re.compile(
    r"^[ \t]*(?:fwd?|fw|re|rt|cc|via|attn|quote)\b[ :]|^[ \t]*@\w|[♪♫♬]|-->|〝|〞|❝|❞"
    r"|^[ \t]*[\[(]?\d{1,2}[:/.]\d{2}(?:[:/.]\d{2,4})?[^\n]{0,30}?(?: - |\] |: )|^[ \t]*[│┃║»›▶►]"
    r"|^[ \t]*\[\d{1,3}\] |^[ \t]*\[[^\]\n]{0,60}\b(?:from|by|of)\b[^\]\n]{0,60}\]"
    r"|\b(?:search results?|relevant passages?|retrieved (?:documents?|passages?)"
    r"|context information"
    r"|pieces? of context|based on (?:the|this|these) (?:document|context|text|passage|file"
    r"|article)s?"
    r"|user question|helpful answer|given the (?:context|document|text)|uploaded|attached"
    r"|attachment)\b"
    r"|^[ \t]*file [\w.-]+\.\w{2,4}\b|\b[\w-]+\.(?:pdf|docx?|txt|md|csv|html?|eml|rtf|pages)\b"
    r"|\b(?:is|was|that's|this is) (?:exactly |literally )?what (?:he|she|they|\w+) (?:said|wrote"
    r"|put|posted|told|says|writes|sent|typed)"
    r"|\b(?:he|she|they|it|who|[A-Z]\w+) (?:goes|went|was like|is like|be like)[,:]? (?:I|I'm|my)\b"
    r"|\bunquote\b|\b(?:end|close) (?:of )?quote\b|\(sic\)|\[sic\]|\bverbatim\b|\bword for word\b"
    r"|\b(?:copied|pasted|copy-?paste|forwarded|transcribed|dictated)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Shows that somebody else's words stand around it: nothing in the message is the person's."""

SIGNED = re.compile(
    r"^[ \t]*(?:(?:(?:best|kind|kindest|warm|warmest|many) )?(?:regards|wishes)|yours(?: truly"
    r"| sincerely| faithfully| ever)?"
    r"|sincerely(?: yours)?|love|lots of love|kisses|hugs|xo+|respectfully|cordially|with love"
    r"|mit freundlichen)"
    r"[ \t]*[,!.-][ \t]*(?:\n[ \t]*)?(?:(?:the|your|a)[ \t])?[\w .'-]{1,40}[!.]?[ \t]*$"
    r"|(?:^|[.!?] +|\n)(?:—|–|--|~)[ \t]*(?-i:[A-Z])[\w.'-]*(?: (?-i:[A-Z])[\w.'-]*){0,3}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A signature: the words before it are a letter's."""

SPEAKER = re.compile(
    r"(?:^|[.!?\n]\s*)(?:(?:my|our|the|his|her) )(?:\w+ ){0,2}"
    r"(?!thing|problem|question|plan|news|update|favou?rite|answer|point|hobby|hobbies"
    r"|name)\w+ ?[:]\s*(?=(?:I|I'm|my|we|please|always)\b)",
    re.IGNORECASE,
)
"""A person before a colon: "My boss: I live in ..."."""
