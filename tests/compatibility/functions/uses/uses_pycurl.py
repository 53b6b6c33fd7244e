import io

import pycurl


def prepared(url):
    body = io.BytesIO()
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.TIMEOUT, 5)
    curl.setopt(pycurl.WRITEFUNCTION, body.write)
    return curl, body


def handler(event):
    curl, page = prepared(f"http://localhost:{event['port']}/page")
    curl.perform()
    status = curl.getinfo(pycurl.RESPONSE_CODE)
    curl.close()
    several = pycurl.CurlMulti()
    together = [prepared(f"http://127.0.0.1:{event['port']}/{name}") for name in ("page", "data")]
    for one, _ in together:
        several.add_handle(one)
    while several.perform()[1]:
        several.select(1.0)
    return [status, page.getvalue().decode(), *(body.getvalue().decode() for _, body in together)]
