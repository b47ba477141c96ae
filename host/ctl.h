/* ctl.h - `forever ctl`: one admin command, its answer on standard output. */
#ifndef CTL_H
#define CTL_H

/* returns the exit status: 0 only if the command was done */
int ctl_run(const char *socket_path, const char *line);

#endif
