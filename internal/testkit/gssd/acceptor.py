# Accepts security contexts with GSS-API. Each line of standard input is a request in JSON, each line of standard output
# its answer. Byte strings are in Base64.
import base64
import json
import sys

import gssapi
from gssapi.raw import ChannelBindings

contexts = {}


def data(text):
    return base64.b64decode(text) if text else None


def answer(request):
    connection = request["connection"]
    if request["call"] == "accept":
        context, kept = contexts.pop(connection, (None, None))
        if context is None or context.complete:
            binding = data(request["binding"])
            # The bindings must live as long as the context.
            kept = ChannelBindings(application_data=binding) if binding else None
            credentials = gssapi.Credentials(usage="accept", mechs=[gssapi.OID.from_int_seq(sys.argv[1])])
            context = gssapi.SecurityContext(creds=credentials, usage="accept", channel_bindings=kept)
        token = context.step(data(request["data"]))
        contexts[connection] = (context, kept)
        return {"data": base64.b64encode(token or b"").decode(), "done": context.complete}
    context, _ = contexts[connection]
    if request["call"] == "seal":
        result = context.wrap(data(request["data"]) or b"", encrypt=True)
        if not result.encrypted:
            raise ValueError("the message is not encrypted")
        return {"data": base64.b64encode(result.message).decode()}
    result = context.unwrap(data(request["data"]))
    if not result.encrypted:
        raise ValueError("the message was not encrypted")
    return {"data": base64.b64encode(result.message).decode()}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as e:
        reply = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(reply), flush=True)
