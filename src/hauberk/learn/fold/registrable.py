"""Which part of a host name its owner registered: by the public suffix list (publicsuffix.org), and domains beside it.

The list holds what registries hand out (`co.uk`) and what companies hand out to strangers (`github.io`).
"""

from functools import cache

from publicsuffixlist import PublicSuffixList

# Below these each customer has names of its own, which the list does not hold, or not all of them.
_OF_CUSTOMERS = (
    "algolia.net",
    "algolianet.com",
    "aliyuncs.com",
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazoncognito.com",
    "api.aws",
    "appwrite.io",
    "atlassian.net",
    "auth0.com",
    "awsapprunner.com",
    "azure.com",
    "azure.net",
    "azurecr.io",
    "azuredatabricks.net",
    "b-cdn.net",
    "backblazeb2.com",
    "bamboohr.com",
    "cdn77.org",
    "cloudflareaccess.com",
    "cloudflarestorage.com",
    "cockroachlabs.cloud",
    "confluent.cloud",
    "databricks.com",
    "digitaloceanspaces.com",
    "dynamics.com",
    "elastic-cloud.com",
    "es.io",
    "fastly.net",
    "firebaseio.com",
    "force.com",
    "found.io",
    "freshdesk.com",
    "freshservice.com",
    "glitch.me",
    "googleapis.com",
    "googleusercontent.com",
    "grafana.net",
    "hs-sites.com",
    "huggingface.cloud",
    "jfrog.io",
    "lhr.life",
    "loca.lt",
    "mendixcloud.com",
    "mktorest.com",
    "mongodb.net",
    "myqcloud.com",
    "myworkday.com",
    "neon.tech",
    "netsuite.com",
    "oastify.com",
    "okta.com",
    "oktapreview.com",
    "on.aws",
    "onelogin.com",
    "oraclecloud.com",
    "ovh.net",
    "pinecone.io",
    "pipedream.net",
    "powerappsportals.com",
    "powerplatform.com",
    "psdb.cloud",
    "qdrant.io",
    "railway.app",
    "redis-cloud.com",
    "redislabs.com",
    "requestcatcher.com",
    "run.app",
    "salesforce.com",
    "scw.cloud",
    "sentry.io",
    "serveo.net",
    "service-now.com",
    "sharepoint.com",
    "slack.com",
    "snowflakecomputing.com",
    "splunkcloud.com",
    "squarespace.com",
    "substack.com",
    "tumblr.com",
    "upstash.io",
    "wasabisys.com",
    "weaviate.cloud",
    "webhook.office.com",
    "webhook.site",
    "weebly.com",
    "windows.net",
    "wordpress.com",
    "your-objectstorage.com",
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
