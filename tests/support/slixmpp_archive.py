"""Pages through an archive with slixmpp: prints the bodies of each page, as JSON, in the order in which it gets them.

    python3 slixmpp_archive.py JID PASSWORD PORT PAGE_SIZE forward|reverse
"""

import asyncio
import json
import sys

import slixmpp


async def pages(client, size, reverse):
    found = []
    async for answer in client.plugin["xep_0313"].retrieve(reverse=reverse, iterator=True, rsm={"max": size}):
        results = answer["mam"]["results"]
        found.append([message["mam_result"]["forwarded"]["stanza"]["body"] for message in results])
    return found


async def main(jid, password, port, size, direction):
    client = slixmpp.ClientXMPP(jid, password)
    client.register_plugin("xep_0313")
    client.plugin["feature_mechanisms"].unencrypted_plain = True
    if hasattr(client, "enable_starttls"):  # since 1.9
        client.enable_starttls = client.enable_direct_tls = False
        client.enable_plaintext = True
        client.connect("127.0.0.1", int(port))
    else:
        client.connect(("127.0.0.1", int(port)), disable_starttls=True)
    await client.wait_until("session_start", timeout=20)
    client.send_presence()
    print(json.dumps(await asyncio.wait_for(pages(client, int(size), direction == "reverse"), 20)))
    await client.disconnect()


asyncio.get_event_loop().run_until_complete(main(*sys.argv[1:]))
