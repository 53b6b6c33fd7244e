"""Which part of a host name its owner registered."""

import pytest

from hauberk.learn.fold.registrable import owner, registered_labels

ROWS = [
    # host, labels that somebody registered, the domain that tells its owner
    ("a.example.com", 2, "example.com"),
    ("a.b.example.co.uk", 3, "example.co.uk"),
    ("a.example.com.br", 3, "example.com.br"),
    ("a.city.kawasaki.jp", 3, "city.kawasaki.jp"),  # an exception of the list
    ("a.b.c.kobe.jp", 4, "b.c.kobe.jp"),  # any label below kobe.jp is handed out
    ("tenant.myshopify.com", 3, "myshopify.com"),
    ("a.tenant.github.io", 3, "github.io"),
    ("bucket.s3.eu-west-1.amazonaws.com", 5, "amazonaws.com"),
    ("id.execute-api.eu-west-1.amazonaws.com", 5, "amazonaws.com"),
    ("acme.my.salesforce.com", 4, "salesforce.com"),
    ("salesforce.com", 2, "salesforce.com"),
    ("notsalesforce.com", 2, "notsalesforce.com"),
    ("bucket.id.r2.cloudflarestorage.com", 5, "cloudflarestorage.com"),
    ("bucket.s3.wasabisys.com", 4, "wasabisys.com"),
    ("bucket.oss-cn-hangzhou.aliyuncs.com", 4, "aliyuncs.com"),
    ("acme.vault.azure.net", 4, "azure.net"),
    ("prod-12.westeurope.logic.azure.com", 5, "azure.com"),
    ("acme.webhook.office.com", 4, "webhook.office.com"),
    ("smtp.office.com", 2, "office.com"),  # of one owner
    ("acme.atlassian.net", 3, "atlassian.net"),
    ("o1.ingest.sentry.io", 4, "sentry.io"),
    ("cluster0.ab1cd.mongodb.net", 4, "mongodb.net"),
    ("notmongodb.net", 2, "notmongodb.net"),
    ("hooks.zapier.com", 2, "zapier.com"),  # its customers have paths
    ("co.uk", 2, "co.uk"),
    ("db.internal", 2, "db.internal"),
    ("a.db.internal", 2, "db.internal"),
    ("localhost", 1, "localhost"),
    ("", 1, ""),
    ("..", 3, ".."),
]


@pytest.mark.parametrize(("host", "labels", "whose"), ROWS)
def test_what_strangers_may_register_is_told_from_what_one_owner_names(
    host: str, labels: int, whose: str
) -> None:
    assert (registered_labels(host), owner(host)) == (labels, whose)
