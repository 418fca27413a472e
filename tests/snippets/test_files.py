"""The snippets of the section on files do what the text beside them says."""

from __future__ import annotations

import io

from werkzeug.utils import secure_filename

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def sent(data: bytes, name: str) -> dict[str, tuple[io.BytesIO, str]]:
    return {"doc": (io.BytesIO(data), name)}


def big_body(name: str, size: int, filename: str = "") -> dict[str, object]:
    """A multipart request encoded by hand: the test client would leave a temporary file open for it."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    head = f"--frontier\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
    return {"data": head + b"x" * size + b"\r\n--frontier--\r\n", "content_type": "multipart/form-data; boundary=frontier"}


def test_file_uploads(run):
    """A file is stored under our own name in the upload folder; no file, a wrong type and a hostile name do no harm."""
    names = run("file-uploads")
    client, folder = names["app"].test_client(), names["UPLOADS"]
    assert 'enctype="multipart/form-data"' in client.get("/").text
    answer = client.post("/", data=sent(b"%PDF-1.7", "../../Evil.PDF"))
    assert answer.status_code == 201
    stored = answer.get_json()["stored"]
    assert [path.name for path in folder.iterdir()] == [stored] and stored.endswith(".pdf")
    assert answer.get_json()["original"] == "Evil.PDF"
    with client.get(f"/files/{stored}") as download:
        assert download.data == b"%PDF-1.7"
    assert client.get("/files/../app.py").status_code == 404
    assert client.post("/", data=sent(b"", "")).status_code == 400
    assert client.post("/", data={}).status_code == 400
    assert client.post("/", data=sent(b"x", "page.html")).status_code == 400


def test_file_uploads_too_large(run):
    """A request above MAX_CONTENT_LENGTH is answered with 413, and without the enctype no file arrives."""
    names = run("file-uploads")
    names["app"].config["MAX_CONTENT_LENGTH"] = 100
    client = names["app"].test_client()
    assert client.post("/", data=sent(b"x" * 200, "a.pdf")).status_code == 413
    assert client.post("/", data={"doc": "a.pdf"}).status_code == 400


def test_validate_uploaded_files(run):
    """Extension and content must both fit; after the check the whole file is still there."""
    names = run("validate-uploaded-files")
    client = names["app"].test_client()
    assert client.post("/upload", data=sent(PNG, "Photo.PNG")).get_json() == {"kind": "png", "bytes": len(PNG)}
    for data, name in [(b"MZ program", "photo.png"), (PNG, "photo.gif"), (PNG, "png"), (PNG, "")]:
        assert client.post("/upload", data=sent(data, name)).status_code == 400
    assert names["extension"]("pdf") == "" and "pdf".split(".")[-1] == "pdf"
    assert names["extension"]("a.tar.GZ") == "gz"


def test_large_file_uploads(run):
    """The app's limit and the view's own limit answer 413 in JSON; the stream arrives whole."""
    names = run("large-file-uploads")
    client = names["app"].test_client()
    big = b"x" * (2 * 1024 * 1024)
    assert client.post("/avatar", **big_body("image", len(big), "a.png")).status_code == 413
    assert client.post("/avatar", data={"image": (io.BytesIO(PNG), "a.png")}).status_code == 201
    assert client.put("/backup", data=big).get_json() == {"bytes": len(big)}
    assert (names["UPLOADS"] / "backup.bin").stat().st_size == len(big)
    answer = client.put("/backup", data=b"x" * (9 * 1024 * 1024))
    assert (answer.status_code, answer.get_json()) == (413, {"error": "file too large"})


def test_mcq_secure_filename_unicode():
    """Letters outside ASCII are dropped, and with them the dot in front of the extension."""
    assert secure_filename("резюме.pdf") == "pdf"
    assert secure_filename("..") == ""


def test_mcq_max_content_length_default():
    """No limit for files by default; a multipart field that is no file may have 500 kB."""
    from flask import Flask, request

    app = Flask("defaults")
    assert app.config["MAX_CONTENT_LENGTH"] is None
    assert app.config["MAX_FORM_MEMORY_SIZE"] == 500_000

    def size() -> str:
        with request.files["doc"].stream as stream:
            return str(len(stream.read()))

    app.add_url_rule("/", methods=["POST"], view_func=size)
    client = app.test_client()
    assert client.post("/", **big_body("doc", 20_000_000, "big.bin")).text == "20000000"
    assert client.post("/", **big_body("text", 600_000)).status_code == 413
