"""What recognises one attack each."""

from enum import Enum


class Detector(str, Enum):
    """The id of a detector; `spec/detectors.json` says what each means."""

    SHELL_INJECTION = "shell-injection"
    SQL_INJECTION = "sql-injection"
    PATH_TRAVERSAL = "path-traversal"
    PROCESS_INJECTION = "process-injection"
    CROSS_SITE_SCRIPTING = "cross-site-scripting"
    NOSQL_INJECTION = "nosql-injection"
    LDAP_INJECTION = "ldap-injection"
    XPATH_INJECTION = "xpath-injection"
    XML_EXTERNAL_ENTITY = "xml-external-entity"
    CODE_INJECTION = "code-injection"
    TEMPLATE_INJECTION = "template-injection"
    SERVER_SIDE_INCLUDE = "server-side-include"
    SERVER_SIDE_REQUEST_FORGERY = "server-side-request-forgery"
    REMOTE_FILE_INCLUSION = "remote-file-inclusion"
    OPEN_REDIRECT = "open-redirect"
    RESPONSE_SPLITTING = "response-splitting"
    PROTOTYPE_POLLUTION = "prototype-pollution"
    FORMULA_INJECTION = "formula-injection"
    DECOMPRESSION_BOMB = "decompression-bomb"
    NOT_INSPECTED = "not-inspected"
    LOG4SHELL = "log4shell"
    MALICIOUS_SOURCE = "malicious-source"
    CREDENTIAL_READ = "credential-read"
    MEMORY_READ = "memory-read"
    RUNTIME_API_ACCESS = "runtime-api-access"
    UNSAFE_DESERIALIZATION = "unsafe-deserialization"
    UNLISTED_PROCESS = "unlisted-process"
    UNLISTED_FILE = "unlisted-file"
    UNLISTED_API = "unlisted-api"
    UNLISTED_HOST = "unlisted-host"
    UNLISTED_ADDRESS = "unlisted-address"
    UNLISTED_CODE = "unlisted-code"
    DENIED_PROCESS = "denied-process"
    DENIED_FILE = "denied-file"
    DENIED_API = "denied-api"
    DENIED_HOST = "denied-host"
    DENIED_ADDRESS = "denied-address"
    DENIED_CODE = "denied-code"

    def __str__(self) -> str:
        return str(self.value)
