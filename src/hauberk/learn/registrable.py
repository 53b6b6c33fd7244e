"""Which part of a host name its owner registered: by the public suffix list (publicsuffix.org), and domains beside it.

The list holds what registries hand out (`co.uk`) and what companies hand out to strangers (`github.io`).
"""

from functools import cache

from publicsuffixlist import PublicSuffixList

# Below these each customer has names of its own, which the list does not hold, or not all of them.
_OF_CUSTOMERS = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "api.aws",
    "on.aws",
    "awsapprunner.com",
    "auth0.com",
    "cloudapp.azure.com",
    "digitaloceanspaces.com",
    "fastly.net",
    "firebaseio.com",
    "googleapis.com",
    "googleusercontent.com",
    "okta.com",
    "oraclecloud.com",
    "railway.app",
    "run.app",
    "salesforce.com",
    "sharepoint.com",
    "slack.com",
    "snowflakecomputing.com",
    "windows.net",
    "zendesk.com",
)


def registered_labels(host: str) -> int:
    """How many labels at a name's end somebody registered: all of them where customers have names of their own."""
    own = host.count(".") + 1
    if any(host == domain or host.endswith(f".{domain}") for domain in _OF_CUSTOMERS):
        return own
    registered = _lists()[0].privatesuffix(host)
    return registered.count(".") + 1 if registered else own


def owner(host: str) -> str:
    """The domain that tells whose a name is: the one that hands out names to strangers, else the registered one."""
    for domain in _OF_CUSTOMERS:
        if host.endswith(f".{domain}"):
            return domain
    every, of_registries = _lists()
    suffix = every.publicsuffix(host) or host
    is_of_company = suffix != of_registries.publicsuffix(host)
    return suffix if is_of_company else every.privatesuffix(host) or host


@cache
def _lists() -> tuple[PublicSuffixList, PublicSuffixList]:
    """The whole list, and the part that registries hand out; read when the first name is asked about."""
    return PublicSuffixList(), PublicSuffixList(only_icann=True)
