"""What packs are likely to say, known to both sides and so never sent. Part of the format: a change takes a new magic. Pure."""

from __future__ import annotations

from typing import Final

_TABLE = (
    '"system:sealer","system:lists","operation","set-up","key.introduced","read","check","crossing","search.asked",'
    '"check.shown","lane.shown","referral.answered","crossing.refused","hit.dismissed","Reg. (EU) 2016/399 Art. 8",'
    '"border-second-line","border-first-line","check:","account:","subjects":[1,1,0,"keyed":[0,1,0,0,"body":['
    '"kind":["identity.claimed","frontier.checked","crossing.admitted","stay.entered","stay.exited"],"owner":["","origin":["'
)
_BODIES = (
    '{"crossings":["","identities":["',
    '{"band":"POSSIBLE","check":"","reason":"","register":"alerts","subject":""}',
    '{"at":"2026-01-01T06:00:00+00:00","codes":["F"],"crossing":"","file":"","on":"2026-01-01","post":"","refusal":"","zone":"',
    '{"about":"","item":"","kind":"referral","post":"","role":"second-line-officer","subject":""}',
    '{"at":"2026-01-01T06:00:00+00:00","basis":"short-stay","crossing":"","file":"","on":"2026-","post":"","stay":"","zone":"',
    '{"at":"2026-01-01T06:00:00+00:00","authorised_until":"2026-","basis":"visa","crossing":"","file":"","on":"2026-","post":"'
    '","stay":"","visa_days":30,"visa_key":"","visa_until":"2026-","zone":"Europe/',
    '{"claim":{"birth_date":"19","documents":[{"expiry_date":"20","issuing_state":"","lines":[],"number":"","type":"P"}],'
    '"names":[{"full":"","given_names":"","kind":"main","script":"","surname":""}],"nationality":"","sex":"F"},"identity":"'
    '","source":"TD3"}',
    '{"check":"","direction":"entry","identity":"","lines":[[{"band":"EXACT","groups":["flag","identity","instruction"],'
    '"register":"alerts","shown":true,"source":"","subject":""}]],"questions":1,"registers":["alerts","lost_documents",'
    '"notices"],"rules_version":1,"verdict":"clear"}',
    '{"basis":"short-stay","border":"land","carrier":"","category":"visa-exempt","check":"","checked_at":"2026-","crossing":"'
    '","direction":"exit","document_type":"P","exception":"","flight":"","group":"","identity":"","lane":"L1","local_date":"'
    '2026-","may_stay_until":"","nationality":"","post":"","purpose_of_travel":"","reasons":[],"referral_seconds":null,'
    '"seconds":1,"verdict":"clear","zone":"',
)  # fmt: skip
WORDS: Final = (_TABLE + "".join(_BODIES)).encode()
"""The dictionary of zlib; what comes often stands at its end."""
