/* layout.c - where each member of the ABI lies on x86-64. Compiled, never run: a change
 * of the ABI is a change of this file. New members are appended, old lines never change.
 */
#include <forever/plugin.h>

#define SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type)
#define AT(type, member, offset)                                                         \
    _Static_assert(offsetof(struct type, member) == (offset), #type "." #member)

SIZE(fv_pcm, 32);
AT(fv_pcm, struct_size, 0);
AT(fv_pcm, ctx, 8);
AT(fv_pcm, length, 16);
AT(fv_pcm, read, 24);

SIZE(fv_section, 40);
AT(fv_section, start, 0);
AT(fv_section, end, 8);
AT(fv_section, label, 16);
AT(fv_section, energy, 32);

SIZE(fv_span, 16);
AT(fv_span, start, 0);
AT(fv_span, end, 8);

SIZE(fv_cue, 16);
AT(fv_cue, time, 0);
AT(fv_cue, score, 8);

SIZE(fv_beat, 112);
AT(fv_beat, chroma, 0);
AT(fv_beat, timbre, 48);
AT(fv_beat, low, 96);
AT(fv_beat, mid, 100);
AT(fv_beat, high, 104);
AT(fv_beat, voice, 108);

SIZE(fv_analysis, 288);
AT(fv_analysis, struct_size, 0);
AT(fv_analysis, duration, 8);
AT(fv_analysis, bpm, 16);
AT(fv_analysis, tempo_confidence, 24);
AT(fv_analysis, beat_confidence, 28);
AT(fv_analysis, bar_confidence, 32);
AT(fv_analysis, phrase_confidence, 36);
AT(fv_analysis, beats_per_bar, 40);
AT(fv_analysis, beats, 48);
AT(fv_analysis, beat_count, 56);
AT(fv_analysis, downbeats, 64);
AT(fv_analysis, downbeat_count, 72);
AT(fv_analysis, phrases, 80);
AT(fv_analysis, phrase_count, 88);
AT(fv_analysis, sections, 96);
AT(fv_analysis, section_count, 104);
AT(fv_analysis, mix_in, 112);
AT(fv_analysis, mix_in_count, 120);
AT(fv_analysis, mix_out, 128);
AT(fv_analysis, mix_out_count, 136);
AT(fv_analysis, key, 140);
AT(fv_analysis, key_confidence, 144);
AT(fv_analysis, tuning_cents, 148);
AT(fv_analysis, loudness_lufs, 152);
AT(fv_analysis, loudness_range_lu, 160);
AT(fv_analysis, true_peak_dbtp, 168);
AT(fv_analysis, energy, 176);
AT(fv_analysis, danceability, 180);
AT(fv_analysis, silence_head, 184);
AT(fv_analysis, silence_tail, 192);
AT(fv_analysis, features, 200);
AT(fv_analysis, feature_count, 208);
AT(fv_analysis, wave, 216);
AT(fv_analysis, wave_count, 224);
AT(fv_analysis, wave_step, 232);
AT(fv_analysis, fingerprint, 240);
AT(fv_analysis, fingerprint_count, 248);
AT(fv_analysis, power, 256);
AT(fv_analysis, power_count, 264);
AT(fv_analysis, unsure, 272);
AT(fv_analysis, unsure_count, 280);

SIZE(fv_track, 80);
AT(fv_track, struct_size, 0);
AT(fv_track, id, 8);
AT(fv_track, uri, 16);
AT(fv_track, title, 24);
AT(fv_track, artist, 32);
AT(fv_track, album, 40);
AT(fv_track, genre, 48);
AT(fv_track, length, 56);
AT(fv_track, analysis, 64);
AT(fv_track, hash, 72);

SIZE(fv_writer, 48);
AT(fv_writer, struct_size, 0);
AT(fv_writer, ctx, 8);
AT(fv_writer, put_int, 16);
AT(fv_writer, put_real, 24);
AT(fv_writer, put_text, 32);
AT(fv_writer, put_json, 40);

SIZE(fv_reader, 48);
AT(fv_reader, struct_size, 0);
AT(fv_reader, ctx, 8);
AT(fv_reader, get_int, 16);
AT(fv_reader, get_real, 24);
AT(fv_reader, get_text, 32);
AT(fv_reader, get_json, 40);

SIZE(fv_error, 256);
AT(fv_error, text, 0);

SIZE(fv_host, 80);
AT(fv_host, struct_size, 0);
AT(fv_host, ctx, 8);
AT(fv_host, log, 16);
AT(fv_host, number, 24);
AT(fv_host, text, 32);
AT(fv_host, cancelled, 40);
AT(fv_host, progress, 48);
AT(fv_host, now_ms, 56);
AT(fv_host, find, 64);
AT(fv_host, cache_dir, 72);

SIZE(fv_analysis_sink, 24);
AT(fv_analysis_sink, struct_size, 0);
AT(fv_analysis_sink, ctx, 8);
AT(fv_analysis_sink, found, 16);

SIZE(fv_candidate, 40);
AT(fv_candidate, struct_size, 0);
AT(fv_candidate, uri, 8);
AT(fv_candidate, title, 16);
AT(fv_candidate, artist, 24);
AT(fv_candidate, why, 32);

SIZE(fv_candidate_sink, 24);
AT(fv_candidate_sink, struct_size, 0);
AT(fv_candidate_sink, ctx, 8);
AT(fv_candidate_sink, candidate, 16);

SIZE(fv_choice, 4996);
AT(fv_choice, struct_size, 0);
AT(fv_choice, uri, 4);
AT(fv_choice, why, 4100);
AT(fv_choice, title, 4356);
AT(fv_choice, artist, 4612);
AT(fv_choice, license, 4868);

SIZE(fv_brain_methods, 104);
AT(fv_brain_methods, struct_size, 0);
AT(fv_brain_methods, analysis_version, 4);
AT(fv_brain_methods, create, 8);
AT(fv_brain_methods, destroy, 16);
AT(fv_brain_methods, save, 24);
AT(fv_brain_methods, load, 32);
AT(fv_brain_methods, analyse, 40);
AT(fv_brain_methods, refresh, 48);
AT(fv_brain_methods, pool, 56);
AT(fv_brain_methods, next, 64);
AT(fv_brain_methods, upcoming, 72);
AT(fv_brain_methods, fetch, 80);
AT(fv_brain_methods, report, 88);
AT(fv_brain_methods, wish, 96);

SIZE(fv_warp, 16);
AT(fv_warp, mix, 0);
AT(fv_warp, track, 8);

SIZE(fv_part, 40);
AT(fv_part, struct_size, 0);
AT(fv_part, id, 8);
AT(fv_part, gain_db, 16);
AT(fv_part, warp, 24);
AT(fv_part, warp_count, 32);

SIZE(fv_segment, 48);
AT(fv_segment, struct_size, 0);
AT(fv_segment, kind, 4);
AT(fv_segment, length, 8);
AT(fv_segment, parts, 16);
AT(fv_segment, part_count, 24);
AT(fv_segment, params, 32);
AT(fv_segment, why, 40);

SIZE(fv_cursor, 16);
AT(fv_cursor, track, 0);
AT(fv_cursor, rate, 8);

SIZE(fv_plan, 80);
AT(fv_plan, struct_size, 0);
AT(fv_plan, at, 8);
AT(fv_plan, until, 16);
AT(fv_plan, from, 24);
AT(fv_plan, from_pcm, 32);
AT(fv_plan, cursor, 40);
AT(fv_plan, to, 56);
AT(fv_plan, to_pcm, 64);
AT(fv_plan, flags, 72);

SIZE(fv_plan_sink, 24);
AT(fv_plan_sink, struct_size, 0);
AT(fv_plan_sink, ctx, 8);
AT(fv_plan_sink, segment, 16);

SIZE(fv_mixer_methods, 72);
AT(fv_mixer_methods, struct_size, 0);
AT(fv_mixer_methods, create, 8);
AT(fv_mixer_methods, destroy, 16);
AT(fv_mixer_methods, save, 24);
AT(fv_mixer_methods, load, 32);
AT(fv_mixer_methods, plan, 40);
AT(fv_mixer_methods, open, 48);
AT(fv_mixer_methods, render, 56);
AT(fv_mixer_methods, close, 64);

SIZE(fv_media, 1048);
AT(fv_media, struct_size, 0);
AT(fv_media, length, 8);
AT(fv_media, source_rate, 16);
AT(fv_media, source_channels, 20);
AT(fv_media, title, 24);
AT(fv_media, artist, 280);
AT(fv_media, album, 536);
AT(fv_media, genre, 792);

SIZE(fv_encoding, 8);
AT(fv_encoding, struct_size, 0);
AT(fv_encoding, kbps, 4);

SIZE(fv_codec_methods, 104);
AT(fv_codec_methods, struct_size, 0);
AT(fv_codec_methods, priming, 4);
AT(fv_codec_methods, delay, 8);
AT(fv_codec_methods, create, 16);
AT(fv_codec_methods, destroy, 24);
AT(fv_codec_methods, save, 32);
AT(fv_codec_methods, load, 40);
AT(fv_codec_methods, open_decoder, 48);
AT(fv_codec_methods, decode, 56);
AT(fv_codec_methods, seek, 64);
AT(fv_codec_methods, close_decoder, 72);
AT(fv_codec_methods, open_encoder, 80);
AT(fv_codec_methods, encode, 88);
AT(fv_codec_methods, close_encoder, 96);

SIZE(fv_plugin, 56);
AT(fv_plugin, struct_size, 0);
AT(fv_plugin, abi_major, 4);
AT(fv_plugin, abi_minor, 8);
AT(fv_plugin, reserved, 12);
AT(fv_plugin, name, 16);
AT(fv_plugin, version, 24);
AT(fv_plugin, brain, 32);
AT(fv_plugin, mixer, 40);
AT(fv_plugin, codec, 48);

/* Numbers that cross the border keep their meaning. */
_Static_assert(FV_PLAY == 0 && FV_BEATMATCH == 1 && FV_CROSSFADE == 2 && FV_CUT == 3 &&
                   FV_FADEIN == 4 && FV_FADEOUT == 5,
               "enum fv_kind");
_Static_assert(FV_SETTLED == 0 && FV_HEARD == 1 && FV_FAILED == 2 && FV_ANALYSED == 3,
               "enum fv_outcome");
_Static_assert(FV_DEBUG == 0 && FV_INFO == 1 && FV_WARNING == 2 && FV_ERROR == 3,
               "enum fv_level");
_Static_assert(FV_RATE == 44100 && FV_CHANNELS == 2 && FV_BLOCK == 1152 && FV_TAG == 256,
               "formats");
_Static_assert(FV_HURRY == 1 && FV_SOON == 1, "flags");
