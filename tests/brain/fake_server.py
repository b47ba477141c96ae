#!/usr/bin/env python3
"""fake_server.py - the music services as they are on bad days, on loopback.

One program, a scenario a path: http://127.0.0.1:PORT/SCENARIO/SERVICE/... The port is
printed on the first line. Services: audius (v1 and the list of hosts), jamendo, ccmixter,
archive, soundcloud, feed.json, music. It ends when its standard input does.

Scenarios: happy, busy (429 twice, without Retry-After), wait (429 with Retry-After), down
(500), shaky (500 once), sorry (an apology as 200, after two pages), slow (10 kB/s), cut
(less than was promised), cutonce (the same once, then by Range), pieces (the same in ranges
of 15 kB), changed (cut once; then it is another file, and If-Range would know), deaf (the
same, but If-Range is not looked at), html (a page instead), loop (redirects in a ring),
inside (a redirect to a private address), gated (403, flags), empty, changing (another list each time), doubles,
nulls, types (all of the wrong type), control (control characters, odd text), badjson, deep, wide,
endless (a search with more pages than anybody asks for),
huge (10 MB), headers (without end), expiry (tokens run out), away (404), mirror (the first
host fails, a mirror works), noaudio (JSON instead of sound).
"""
import base64
import json
import os
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

AUDIO = bytes([0xFF, 0xFB, 0x90, 0x64]) + bytes(i * 7 % 251 for i in range(60000))
seen, lock = Counter(), threading.Lock()
tokens = set()


def count(key):
    with lock:
        seen[key] += 1
        return seen[key]


def audius_track(n, scenario, base):
    track = {
        "id": "T%d" % n, "title": "Track %d" % n, "duration": 200 + n, "genre": "Techno",
        "mood": "Energizing", "tags": "techno,rave,peak time", "is_streamable": True,
        "user": {"id": "U%d" % (n % 7), "name": "Artist %d" % (n % 7), "handle": "a%d" % n},
        "artwork": {"150x150": base + "/a.jpg"}, "permalink": "/a%d/track-%d" % (n, n),
        "bpm": 120.0 + n % 10, "musical_key": ["A minor", "B flat minor", "F# major"][n % 3],
        "is_stream_gated": False, "access": {"stream": True, "download": False},
        "license": "Attribution CC BY", "is_available": True, "is_delete": False,
        "is_unlisted": False, "stream": {"url": "%s/content/T%d" % (base, n), "mirrors": []},
    }
    if scenario == "nulls":
        for name in ("bpm", "musical_key", "artwork", "tags", "mood", "genre", "permalink"):
            track[name] = None
    if scenario == "gated" and n % 2 == 0:
        track.update([({"is_stream_gated": True}), ({"access": {"stream": False}}),
                      ({"is_streamable": False}), ({"is_delete": True}),
                      ({"is_unlisted": True}), ({"license": "All rights reserved"}),
                      ({"license": "CC BY-NC-ND"})][n // 2 % 7])
    if scenario == "control":
        track["title"] = "Bell\u0007 \u001b[31m\nT\u00e4g %d \u2028 x" % n
        track["user"]["name"] = "\u0000A\tB %d" % n
    if scenario == "types":
        for i, name in enumerate(list(track)):
            track[name] = [None, 5, [], {}, True, "x" * 5000, -1e300, "99999999999999999999"][
                (i + n) % 8]
    if scenario == "mirror":
        track["stream"]["url"] = base + "/away/T%d" % n
        port = urlsplit(base).port
        track["stream"]["mirrors"] = ["http://localhost:%d" % port]
    return track


def jamendo_track(n, base):
    return {"id": str(1000 + n), "name": "Jam %d" % n, "duration": str(180 + n),
            "artist_id": "1", "artist_name": "Band %d" % n, "license_ccurl":
            "http://creativecommons.org/licenses/by-nc%s/3.0/" % ("-nd" if n % 4 == 0 else ""),
            "audio": base + "/audio/%d?from=app-secret" % n, "audiodownload_allowed": True,
            "shareurl": "http://www.jamendo.com/track/%d" % (1000 + n),
            "musicinfo": {"speed": "high", "tags": {"genres": ["techno"], "instruments": [],
                                                    "vartags": ["dark", "club"]}}}


def ccmixter_page(offset, base):
    if offset >= 100:
        return "[]"
    parts = []
    for n in range(offset, offset + 50):
        parts.append('{"upload_id": %d, "upload_name": "Mix \t %d", "user_name": "dj%d",'
                     ' "user_real_name": "DJ %d", "upload_tags": ",remix,bpm_090_095,",'
                     ' "upload_extra": {"bpm": 0%d, "nsfw": false},'
                     ' "file_page_url": "%s/files/%d", "license_url":'
                     ' "http://creativecommons.org/licenses/by/3.0/", "files": [{"file_id": 1,'
                     ' "file_format_info": {"default-ext": "zip"}}, {"file_id": 2,'
                     ' "file_format_info": {"default-ext": "mp3", "ps": "5:46"},'
                     ' "download_url": "%s/content/a file %d.mp3"}]}'
                     % (n, n, n % 9, n % 9, 90 + n % 5, base, n, base, n))
    return "[" + ",\n".join(parts) + "]"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def send(self, status, body, kind="application/json", headers=(), cut=0, slow=False):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + cut))
        if cut:
            self.close_connection = True
        self.end_headers()
        step = 1000 if slow else max(len(body), 1)
        for at in range(0, len(body), step):
            self.wfile.write(body[at:at + step])
            if slow:
                time.sleep(0.1)

    def redirect(self, to):
        self.send(302, "", headers=[("Location", to)])

    def send_list(self, scenario, value):
        text = value if isinstance(value, str) else json.dumps(value)
        if scenario == "marked":
            text = "\ufeff" + text
        tag = '"%s-%d"' % (scenario, hash(text) & 0xFFFF)
        if self.headers.get("If-None-Match") == tag:
            count("304")
            return self.send(304, "", headers=[("ETag", tag)])
        self.send(200, text, headers=[("ETag", tag)])

    def send_audio(self, scenario, path):
        name = "audio %s %s" % (scenario, path)
        if scenario == "html":
            return self.send(200, "<html>" + "sorry " * 2000, "text/html")
        if scenario == "noaudio":
            return self.send(200, json.dumps({"error": "x" * 9000}))
        if scenario == "cut":
            return self.send(200, AUDIO[:20000], "audio/mpeg", cut=40000)
        if scenario == "gated":
            return self.send(403, '{"error":"track not streamable"}')
        span = self.headers.get("Range", "")
        if scenario in ("cutonce", "pieces", "changed", "deaf") and count(name) == 1:
            return self.send(200, AUDIO[:20000], "audio/mpeg", cut=len(AUDIO) - 20000,
                             headers=[("ETag", '"first"')])
        if scenario == "changed" and self.headers.get("If-Range") == '"first"':
            span = ""
        audio = AUDIO if scenario not in ("changed", "deaf") else AUDIO[:4] + bytes(60000)
        if span.startswith("bytes="):
            start = int(span[6:].split("-")[0])
            if start >= len(audio):
                return self.send(416, "")
            count("resumed")
            part = audio[start:start + 15000] if scenario == "pieces" else audio[start:]
            end = start + len(part) - 1
            tag = "first" if audio is AUDIO else "second"
            return self.send(206, part, "audio/mpeg", headers=[
                ("Content-Range", "bytes %d-%d/%d" % (start, end, len(audio))),
                ("ETag", '"%s"' % tag)])
        self.send(200, audio, "audio/mpeg", slow=scenario == "slow")

    def trouble(self, scenario, path):
        """What befalls every request of a scenario. True when it has been answered."""
        n = count("all " + scenario)
        if scenario == "busy" and n <= 2:
            self.send(429, '{"error":"rate"}')
        elif scenario == "wait" and n <= 1:
            self.send(429, "", headers=[("Retry-After", "1")])
        elif scenario == "down":
            self.send(500, "oops")
        elif scenario == "sorry" and n > 2:
            self.send(200, '{"error": {"message": "come back later"}}')
        elif scenario == "shaky" and n == 1:
            self.send(503, "oops")
        elif scenario == "loop":
            self.redirect(path + ("a" if n % 2 else "b"))
        elif scenario == "inside":
            self.redirect("http://169.254.169.254/latest/meta-data")
        elif scenario == "away":
            self.send(404, "{}")
        elif scenario == "badjson":
            self.send(200, '{"data": [{"id": "T1", "title": "x"')
        elif scenario == "wide":
            self.send(200, "[" + "{}," * 600000 + "{}]")
        elif scenario == "deep":
            self.send(200, '{"data":' + "[" * 200000 + "]" * 200000 + "}")
        elif scenario == "headers":
            self.send_response(200)
            try:
                for i in range(100000):
                    self.send_header("X-%d" % i, "y" * 1000)
                    if i % 50 == 49:
                        self.flush_headers()
                self.end_headers()
            except OSError:
                self.close_connection = True
        else:
            return False
        return True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        scenario = self.path.split("/")[1]
        good = "Basic " + base64.b64encode(b"me:hush").decode()
        if self.headers.get("Authorization") != good or "client_credentials" not in body:
            return self.send(401, '{"code":401}')
        token = "%s-%d" % (scenario, count("token " + scenario))
        tokens.add(token)
        self.send(200, json.dumps({"access_token": token, "expires_in": 3599,
                                   "token_type": "bearer", "scope": ""}))

    def do_GET(self):
        parts = urlsplit(self.path)
        pieces = parts.path.split("/")
        scenario = pieces[1]
        service = pieces[2] if len(pieces) > 2 else ""
        root = "http://%s/%s" % (self.headers["Host"], scenario)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        if scenario == "count":
            return self.send(200, json.dumps(seen))
        if "away" in pieces[2:] and not self.headers["Host"].startswith("localhost"):
            return self.send(503, "")  # the same path on the mirror's host works
        if "content" in pieces or "away" in pieces[2:]:
            return self.send_audio(scenario, parts.path)
        if self.trouble(scenario, self.path):
            return
        getattr(self, "get_" + service.replace(".", "_"), self.get_nothing)(
            scenario, pieces[3:], query, root)

    def get_nothing(self, scenario, rest, query, root):
        self.send(404, "{}")

    def get_audius(self, scenario, rest, query, root):
        base = root + "/audius"
        if rest == [] or rest == [""]:
            return self.send_list(scenario, {"data": [base]})
        if rest[-1] == "stream":
            return self.redirect("%s/content/%s?signature=%%7B%%22data%%22%%3A1%%7D"
                                 % (root if scenario != "mirror" else root + "/away", rest[-2]))
        if rest[1:3] != ["full", "tracks"]:
            return self.get_nothing(scenario, rest, query, root)
        if rest[3] not in ("trending", "search"):
            return self.send_list(scenario, {"data": audius_track(int(rest[3][1:]), scenario,
                                                                  root)})
        if query.get("time", "week") not in ("week", "month", "allTime"):
            return self.send(400, "{}")
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
        whole = {"empty": 0, "huge": 60}.get(scenario, 150)
        first = count("poll") * 10 if scenario == "changing" else 0
        tracks = [audius_track(first + n, scenario, root)
                  for n in range(offset, min(offset + limit, whole))]
        if scenario == "doubles":
            tracks += tracks[:50]
        if scenario == "huge":
            for track in tracks:
                track["description"] = "z" * 180000
        self.send_list(scenario, {"data": tracks, "version": {"service": "x"}})

    def get_jamendo(self, scenario, rest, query, root):
        if query.get("client_id") != "key":
            return self.send_list(scenario, {"headers": {
                "status": "failed", "code": 5, "error_message": "Your credential is not authorized",
                "results_count": 0}, "results": []})
        if rest[:2] == ["tracks", "file"]:
            return self.redirect("%s/content/%s" % (root, query["id"]))
        offset = int(query.get("offset", 0))
        ids = [int(query["id"]) - 1000] if "id" in query else range(offset, min(offset + 200, 80))
        self.send_list(scenario, {"headers": {"status": "success", "code": 0, "error_message": "",
                                              "results_count": 1},
                                  "results": [jamendo_track(n, root) for n in ids]})

    def get_ccmixter(self, scenario, rest, query, root):
        text = ccmixter_page(int(query.get("offset", 0)), root)
        self.send(200, text, headers=[("X-Json", text.replace("\n", " ").replace("\t", " ")[:60000])])

    def get_archive(self, scenario, rest, query, root):
        if rest[0] == "advancedsearch.php":
            page = int(query.get("page", 1))
            if scenario == "endless" and page > 5:
                return self.send(500, "oops")
            docs = [{"identifier": "net.label_%d" % (page * 100 + n)} for n in range(50)] \
                if scenario == "endless" else \
                [{"identifier": "net.label_%d" % n} for n in range(5)]
            return self.send_list(scenario, {"response": {"numFound": 5, "start": 0,
                                                          "docs": docs}})
        if rest[0] == "metadata":
            n = int(rest[1].rsplit("_", 1)[1])
            files = [{"name": "0%d - A b.mp3" % i, "format": "VBR MP3", "length": "3:0%d" % i,
                      "title": "Net %d.%d" % (n, i), "size": "60004"} for i in range(3)]
            files += [{"name": "../../etc/passwd.mp3", "format": "VBR MP3"},
                      {"name": "cover.jpg", "format": "JPEG"}, {"name": 5, "format": []}]
            about = {"creator": "Label %d" % n, "subject": ["techno", "dub"], "licenseurl":
                     None if n == 4 else "http://creativecommons.org/licenses/by-sa/3.0/"}
            return self.send_list(scenario, {"files": files, "metadata": about})
        self.redirect(root + "/content/" + rest[-1])

    def get_soundcloud(self, scenario, rest, query, root):
        token = self.headers.get("Authorization", "").replace("OAuth ", "")
        calls = count("calls " + token)
        if token not in tokens or (scenario == "expiry" and calls > 1):
            return self.send(401, '{"code":401,"message":"invalid or missing token"}')
        base = root + "/soundcloud"
        if rest[-1] == "streams":
            return self.send(200, json.dumps({"http_mp3_128_url": base + "/play/x",
                                              "hls_aac_160_url": base + "/hls"}))
        if rest[0] == "play":
            return self.redirect(root + "/content/sc")
        page = int(query.get("page", 0))
        tracks = [{"urn": "soundcloud:tracks:%d" % (page * 20 + n), "title": "Cloud %d" % n,
                   "duration": 240000, "bpm": None, "key_signature": None, "genre": "Techno",
                   "tag_list": 'techno "dub techno"', "user": {"username": "sc%d" % n},
                   "access": ["playable", "preview", "blocked"][n % 3], "streamable": True,
                   "license": "cc-by" if n % 2 == 0 else "all-rights-reserved",
                   "permalink_url": "https://soundcloud.com/x"} for n in range(20)]
        if rest[0] == "tracks" and len(rest) > 1:
            return self.send(200, json.dumps(dict(tracks[0], urn=rest[1])))
        answer = {"collection": tracks, "next_href": "%s/tracks?page=%d" % (base, page + 1)}
        if page >= 2:
            answer["next_href"] = "http://elsewhere.example/steal"
        self.send(200, json.dumps(answer))

    def get_music(self, scenario, rest, query, root):
        """A feed of real tracks, those of the folder in FAKE_MUSIC, and three that fail."""
        files = sorted(f for f in os.listdir(os.environ["FAKE_MUSIC"]) if f.endswith(".mp3"))
        if rest[0] == "feed.json":
            tracks = [{"url": "%s/music/%d.mp3" % (root, n), "title": "Title %d" % n,
                       "artist": "Artist %d" % n, "license": "CC BY 4.0",
                       "bpm": 120} for n in range(len(files))]
            tracks += [{"url": "%s/content/%s.mp3" % (root.replace(scenario, bad), bad),
                        "title": bad, "artist": bad} for bad in ("cut", "html", "gated")]
            return self.send_list(scenario, {"tracks": tracks})
        path = os.path.join(os.environ["FAKE_MUSIC"], files[int(rest[0][:-4])])
        with open(path, "rb") as file:
            self.send(200, file.read(), "audio/mpeg")

    def get_feed_json(self, scenario, rest, query, root):
        tracks = [{"url": "%s/content/f %d.mp3" % (root, n), "title": "Feed %d" % n,
                   "artist": "F%d" % n, "bpm": 125, "key": "8A", "duration": 200,
                   "license": "CC BY 4.0"} for n in range(10)]
        tracks += [{"url": u} for u in (
            "file:///etc/passwd", "../../secret.mp3", "http://me:pw@127.0.0.1/x.mp3",
            "ftp://127.0.0.1/x.mp3", "http:///x", "gopher://x/", "http://a\nb/", "", "http://")]
        tracks += [5, None, [], {"title": "no address"}]
        self.send_list(scenario, {"tracks": tracks})


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what some scenarios are about


server = Server(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
