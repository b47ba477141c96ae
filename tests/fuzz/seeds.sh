#!/usr/bin/env bash
# A third of a second in each format that is decoded, for a fuzzer to begin with: what is
# bent a little gets further than what never was a file. seeds.sh FOLDER
set -eu
cd "$1"
# make NAME OPTION...: by ffmpeg
make() {
    local name=$1
    shift
    [ -s "$name" ] || ffmpeg -v error -nostdin -y -f lavfi \
        -i "sine=440:duration=0.3:sample_rate=44100,volume=0.5" \
        -metadata title=Seed -metadata artist=Fuzz "$@" "$name"
}
make cbr.mp3 -ac 2 -b:a 64k
make vbr.mp3 -ac 2 -q:a 9
make mono.mp3 -ac 1 -b:a 32k -id3v2_version 3 -write_id3v1 1
make mpeg2.mp3 -ar 22050 -b:a 24k
make mpeg25.mp3 -ar 8000 -b:a 8k
make untagged.mp3 -b:a 48k -write_xing 0 -id3v2_version 0
make layer2.mp2 -b:a 64k
make 16.wav -ar 8000
make 24.wav -ar 8000 -c:a pcm_s24le
make float.wav -ar 8000 -c:a pcm_f32le
make alaw.wav -ar 8000 -c:a pcm_alaw
make big.aiff -ar 8000
make w64.w64 -ar 8000
make flac.flac -ar 16000
make flac.ogg -ar 16000 -c:a flac
make vorbis.ogg -ar 22050 -c:a libvorbis -q:a 0
make opus.opus -b:a 32k
make aac.m4a -c:a aac -b:a 32k -movflags +faststart
make fragments.m4a -c:a aac -b:a 32k -movflags +empty_moov+frag_keyframe
make alac.m4a -ar 8000 -c:a alac
