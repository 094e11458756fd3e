"""English phrases in letters, beside the Chinese ones. They are compared without blanks, in lower case."""

from dataclasses import replace

from mailbot.languages.zh.letters import LETTERS as _CHINESE

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
    closings=(*_CHINESE.closings, "withkindregards", "withbestregards", "warmregards", "yourstruly", "allthebest"),
)  # fmt: skip
