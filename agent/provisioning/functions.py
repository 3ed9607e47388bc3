"""The Deluge function that signs what Zoho tells: Zoho's API makes no functions, so it is printed with the clicks."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from agent.provisioning.rules import address

VARIABLE = "zohosync_secret"
_FUNCTION = Template("""\
// Function "zohosync_$slug", argument: record_id (String), operation (String: updated or deleted)
secret = zoho.crm.getOrgVariable("$variable");
now = zoho.currenttime;
id = "msg_" + now.toLong() + "_" + record_id;
seconds = (now.toLong() / 1000).toLong();
time = now.toString("yyyy-MM-dd'T'HH:mm:ssXXX");
data = {"module":"$module", "id":record_id};
body = {"type":"$slug." + operation, "timestamp":time, "data":data}.toString();
signature = zoho.encryption.hmacsha256(secret, id + "." + seconds + "." + body);
headers = {"Content-Type":"application/json", "webhook-id":id};
headers.put("webhook-timestamp", seconds.toString());
headers.put("webhook-signature", "v1," + signature);
response = invokeurl
[
	url :"$url"
	type :POST
	parameters:body
	headers:headers
	detailed:true
];
info response.get("responseCode");
""")
_CLICKS = Template("""\
$module
  1. Setup > Automation > Workflow Rules > Create Rule, module $module, on a record action: Create or Edit, and
     "Repeat this workflow whenever a record is edited"; for all records; instant action Function: the one below,
     record_id = the record's id (merge field), operation = updated.
  2. The same for the record action Delete, with operation = deleted.
""")


def instructions(modules: Mapping[str, str], url: str) -> str:
    """Write what a person does in Zoho so that signed functions tell the agent of changes. No secret is in it.

    Args:
        modules: slug -> Zoho's module, as the college calls it.
        url: where Zoho reaches the agent.
    """
    head = (
        "Once: Setup > Developer Hub > Variables: a variable with the API name "
        f"{VARIABLE}, its value one of ZOHOSYNC_ZOHO_WEBHOOK_SECRETS.\n"
    )
    parts = []
    for slug, module in modules.items():
        names = {"slug": slug, "module": module, "url": address(url, slug), "variable": VARIABLE}
        parts.append(_CLICKS.substitute(names) + "\n" + _FUNCTION.substitute(names))
    return "\n".join([head, *parts])
