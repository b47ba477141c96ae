/* engine.h - the engine process: plugins, plan, sound and frames, behind one socket.
 *
 * Expendable: whatever it knows that matters is in the checkpoint that the front keeps.
 */
#ifndef ENGINE_H
#define ENGINE_H

/* Serve the front at the other end of `fd` until it hangs up. returns the exit status */
int engine_main(int fd);

#endif
