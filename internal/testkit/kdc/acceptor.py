"""Accepts SPNEGO messages with the GSSAPI of the system: the acceptor of package kdc.

Arguments: the keytab, and the channel binding in base64 or "". Each line of the input is a message in base64. The answer
is a line: "accepted" and the name of the user, or "refused" and the reason.
"""

import base64
import sys

import gssapi
from gssapi.raw import ChannelBindings

keytab, binding = sys.argv[1], base64.b64decode(sys.argv[2])
credentials = gssapi.Credentials(usage="accept", store={"keytab": "FILE:" + keytab})
bindings = ChannelBindings(application_data=binding) if binding else None

for line in sys.stdin:
    try:
        context = gssapi.SecurityContext(usage="accept", creds=credentials, channel_bindings=bindings)
        context.step(base64.b64decode(line))
        print("accepted", context.initiator_name, flush=True)
    except Exception as error:  # the client sends whatever it likes
        print("refused", " ".join(str(error).split()), flush=True)
