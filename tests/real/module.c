/* module.c - `module IN OUT.wav OUT.rows SECONDS`: play a tracker module, and say when.
 *
 * The rows file has a line for each row played: frame, order, row, speed, tempo, then
 * the instruments it strikes. The sound is asked for frame by frame, so that the rows'
 * starts are exact.
 */
#include <libopenmpt/libopenmpt.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 44100

static openmpt_module *load(const char *path)
{
    static unsigned char bytes[16 << 20];
    FILE *from = fopen(path, "rb");
    if (!from)
        return NULL;
    size_t size = fread(bytes, 1, sizeof bytes, from);
    fclose(from);
    return openmpt_module_create_from_memory2(bytes, size, openmpt_log_func_silent, NULL,
                                              openmpt_error_func_ignore, NULL, NULL, NULL,
                                              NULL);
}

static void put_row(FILE *to, openmpt_module *module, long frame, int order, int row)
{
    int pattern = openmpt_module_get_current_pattern(module);
    int channels = openmpt_module_get_num_channels(module);
    fprintf(to, "%ld %d %d %d %d", frame, order, row,
            (int)openmpt_module_get_current_speed(module),
            (int)openmpt_module_get_current_tempo(module));
    for (int c = 0; c < channels; c++) {
        int note = openmpt_module_get_pattern_row_channel_command(
            module, pattern, row, c, OPENMPT_MODULE_COMMAND_NOTE);
        int voice = openmpt_module_get_pattern_row_channel_command(
            module, pattern, row, c, OPENMPT_MODULE_COMMAND_INSTRUMENT);
        if (note > 0 && note <= 120)
            fprintf(to, " %d", voice);
    }
    fprintf(to, "\n");
}

static void play(openmpt_module *module, SNDFILE *sound, FILE *rows, long frames)
{
    int order = -1, row = -1;
    float *samples = malloc((size_t)frames * 2 * sizeof *samples);
    long at = 0;
    for (; samples && at < frames; at++) {
        if (openmpt_module_read_interleaved_float_stereo(module, RATE, 1,
                                                         samples + 2 * at) == 0)
            break;
        int order_now = openmpt_module_get_current_order(module);
        int row_now = openmpt_module_get_current_row(module);
        if (order_now != order || row_now != row)
            put_row(rows, module, at, order_now, row_now);
        order = order_now;
        row = row_now;
    }
    sf_writef_float(sound, samples, at);
    free(samples);
}

int main(int argc, char **argv)
{
    SF_INFO about = {
        .samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    if (argc != 5)
        return 2;
    openmpt_module *module = load(argv[1]);
    SNDFILE *sound = sf_open(argv[2], SFM_WRITE, &about);
    FILE *rows = fopen(argv[3], "w");
    if (!module || !sound || !rows) {
        fprintf(stderr, "cannot play %s to %s\n", argv[1], argv[2]);
        return 1;
    }
    play(module, sound, rows, (long)(RATE * atof(argv[4])));
    openmpt_module_destroy(module);
    sf_close(sound);
    return fclose(rows) != 0;
}
