"""English phrases in letters, beside the Chinese ones. They are compared without blanks, in lower case."""

import re
from dataclasses import replace

from mailbot.languages.zh.letters import LETTERS as _CHINESE


def _or(chinese: re.Pattern[str] | None, *english: str) -> re.Pattern[str]:
    """What the Chinese pattern finds, or one of these."""
    return re.compile("|".join((*((chinese.pattern,) if chinese else ()), *english)))


_WORK = "(?:article|manuscript|submission|piece|essay|entry|contribution|sq-)"
_MINE = f"(?:my|our|the|this|that){{1,2}}[^,?]{{0,20}}{_WORK}"
_KEEPS = "(?:not|n't|never)[^,?]{0,12}withdraw|^(?:if|unless)[^?]{0,60}withdraw|how[^,?]{0,20}withdraw"

LETTERS = replace(
    _CHINESE,
    submission_words=(
        *_CHINESE.submission_words, "submission", "submitting", "submitmy", "manuscript", "myarticle", "ourarticle",
        "myentry", "ourentry", "contributionto", "callforpapers",
    ),
    submission_subjects=(*_CHINESE.submission_subjects, "submission", "manuscript", "article", "contribution", "entry"),
    attached_words=(
        *_CHINESE.attached_words, "enclosed", "pleasefind", "ienclose", "weenclose", "iattach", "weattach",
    ),
    inquiry_words=(
        *_CHINESE.inquiry_words, "howdoisubmit", "howcanisubmit", "howshouldisubmit", "howdowesubmit", "howcanwesubmit",
        "howtocontribute", "howtosendanarticle", "submissionguideline", "submissionrequirement", "guidelinesforauthors",
        "authorguideline", "guideforauthors", "notesforcontributors", "canisubmit", "mayisubmit", "couldisubmit",
        "whatisthedeadline", "whenisthedeadline", "howlongmayanarticle", "doyouaccept", "doyoupayfor",
    ),
    withdrawal_words=(
        *_CHINESE.withdrawal_words, "withdrawmy", "withdrawour", "withdrawthis", "withdrawthearticle",
        "withdrawthemanuscript", "withdrawthesubmission", "withdrawalof", "wishtowithdraw", "liketowithdraw",
        "wanttowithdraw", "donotpublishmy", "donotpublishour", "pleasedonotpublish", "pleasedon'tpublish",
    ),
    status_words=(
        *_CHINESE.status_words, "statusofmy", "statusofour", "statusofthearticle", "statusofthesubmission",
        "statusofthemanuscript", "whatbecameofmy", "whathappenedtomy", "anynewsofmy", "anynewsonmy", "anynewsabout",
        "haveyoureceivedmy", "haveyoureceivedour", "didyoureceivemy", "didyoureceiveour", "didyougetmy",
        "didmyarticlearrive", "hasmyarticle", "hasourarticle", "wasmyarticle", "willmyarticle", "ismyarticle",
        "whenwillmyarticle", "whenwillourarticle", "resultofthereview", "anydecisionon",
    ),
    supplement_words=(
        *_CHINESE.supplement_words, "asrequested", "asyouasked", "youaskedfor", "whatwasmissing", "missingfile",
        "missingphoto", "missingpicture", "herearetheoriginal", "myorganisationis", "myorganizationis", "myaddressis",
        "mypostaladdress",
    ),
    revision_words=(
        *_CHINESE.revision_words, "revisedversion", "revisedmanuscript", "revisedarticle", "newversion", "finalversion",
        "correctedversion", "updatedversion", "ihaverevised", "wehaverevised", "haverevised", "secondversion",
        "sendingitagain", "sendagain", "resubmit", "replaces", "pleaseusethis", "insteadofthe",
    ),
    forgotten_words=(
        *_CHINESE.forgotten_words, "iforgot", "weforgot", "forgotto", "forgotthe", "forgotmy", "forgottoattach",
        "wasmissingfrom", "leftout", "previousmail", "previousemail", "mylastmail", "mylastemail", "amomentago",
        "justnow",
    ),
    trial_words=(*_CHINESE.trial_words, "trialsubmission", "testsubmission"),
    thanks_words=(*_CHINESE.thanks_words, "manythanks", "gratefulfor", "welldone", "muchappreciated"),
    received_words=(
        *_CHINESE.received_words, "receivedwiththanks", "receivedyourmail", "receivedyourletter", "hasarrived",
        "havearrived", "gotyourmail",
    ),
    automatic_subjects=(*_CHINESE.automatic_subjects, "awayfromtheoffice"),
    automatic_bodies=(
        *_CHINESE.automatic_bodies, "iamcurrentlyoutoftheoffice", "iamoutoftheoffice", "iamawayfromtheoffice",
        "iamonannualleave", "iamonleave", "thankyouforyouremail.iamcurrently", "thisisanauto-reply",
    ),
    supplied=_or(
        _CHINESE.supplied,
        "(?:organi[sz]ation|institution|employer|postaladdress|mailingaddress|unit)(?:is|:)[^?]{4}",
        "(?:ihave|wehave|i've|we've)(?:now)?(?:added|supplied|included)",
        "(?:missing|original)[^?]{0,20}(?:is|are)(?:now)?(?:enclosed|attached|below)",
    ),
    withdrawal=_or(
        _CHINESE.withdrawal,
        f"(?:withdraw|retract|cancel|pull|takeback){_MINE}",
        f"takeback.{{0,30}}{_WORK}",
        f"(?:don't|donot)(?:print|publish|use|run){_MINE}",
    ),
    kept=_or(_CHINESE.kept, _KEEPS),
    question=_or(
        _CHINESE.question,
        "^(?:please|kindly)?(?:tell|let|inform|advise)(?:me|us)",
        "couldyou|canyou|wouldyou|maywe|mayi|i?wonder|(?:like|want|wish)toknow|wouldliketoask",
    ),
    sent_topics=_or(
        _CHINESE.sent_topics,
        f"(?:i|we)(?:had|have)?(?:sent|submitted|mailed|posted)(?:you)?.{{0,40}}{_WORK}",
        f"{_WORK}.{{0,20}}(?:i|we)(?:had|have)?(?:sent|submitted|mailed)",
    ),
    fate_topics=_or(
        _CHINESE.fate_topics,
        f"{_MINE}.{{0,30}}(?:accepted|published|printed|reviewed|received|arrive|appear|decided|decision)",
        "(?:result|outcome|status|progress|decision)(?:of|on|with)|whichissue|stillmissing|anynews",
    ),
    inquiry_topics=_or(
        _CHINESE.inquiry_topics,
        "submit|submission|contribut|guideline|howmanywords|howlong[^?]{0,20}article|deadline|template|callfor(?:papers|articles)",
    ),
    contributing=_or(_CHINESE.contributing, "submit|submission|manuscript|article|contribut"),
    other_topics=_or(
        _CHINESE.other_topics,
        "subscri|invoice|reprint|permission|copyright|interview|advertis|meeting|conference|internship|onthe(?:phone|telephone)|printedcop",
    ),
    paid_topics=_or(_CHINESE.paid_topics, "payment|honorarium|royalt|fee"),
    mere_subjects=_or(
        _CHINESE.mere_subjects,
        "(?:submission|manuscript|article|contribution|entry)(?:question|enquiry|inquiry|guideline|deadline|status|process)",
    ),
    request_words=(
        *_CHINESE.request_words, "couldyou", "canyou", "wouldyou", "canwe", "cani", "mayi", "maywe", "pleasetell",
        "pleasesend", "pleaselet", "pleasechange", "pleasehelp", "wonderwhether", "liketoknow", "needto",
    ),
    closings=(*_CHINESE.closings, "withkindregards", "withbestregards", "warmregards", "yourstruly", "allthebest"),
)  # fmt: skip
