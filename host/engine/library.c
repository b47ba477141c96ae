/* library.c - prepared once, used under one lock. */
#include "library.h"

#include "bytes.h"
#include "finding.h"
#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Migration n brings a library from version n to n + 1. Append only. */
static const char *const migrations[] = {
    "CREATE TABLE file (path TEXT PRIMARY KEY, dev INTEGER, ino INTEGER, size INTEGER,"
    " mtime_ns INTEGER, hash TEXT, fault TEXT) WITHOUT ROWID;"
    "CREATE INDEX file_hash ON file (hash);"
    "CREATE TABLE track (hash TEXT PRIMARY KEY, title TEXT, artist TEXT, album TEXT,"
    " genre TEXT, length INTEGER, rate INTEGER) WITHOUT ROWID;"
    "CREATE TABLE finding (hash TEXT, version INTEGER, found BLOB,"
    " PRIMARY KEY (hash, version));"
    "CREATE TABLE heard (n INTEGER PRIMARY KEY, at_ms INTEGER, hash TEXT, uri TEXT,"
    " title TEXT, artist TEXT);"
    "CREATE INDEX heard_at ON heard (at_ms);",
};
#define SCHEMA ((int)(sizeof migrations / sizeof migrations[0]))

enum statement {
    FIND,
    RECALL,
    KNOWS,
    FIND_PATH,
    FIND_FINDING,
    PUT_FILE,
    PUT_TRACK,
    PUT_FINDING,
    DROP_FINDINGS,
    PUT_HEARD,
    STATEMENTS
};

#define TRACKS                                                                           \
    "SELECT file.hash, file.fault, title, artist, album, genre, length, rate, found"     \
    " FROM file LEFT JOIN track ON track.hash = file.hash"                               \
    " LEFT JOIN finding ON finding.hash = file.hash"
#define AT_PATH                                                                          \
    " WHERE path = ?1 AND dev = ?2 AND ino = ?3 AND size = ?4 AND mtime_ns = ?5"

static const char *const statements[STATEMENTS] = {
    [FIND] = TRACKS " AND version = ?6" AT_PATH,
    [RECALL] = TRACKS AT_PATH " ORDER BY version = ?6 DESC, version DESC LIMIT 1",
    [KNOWS] = "SELECT fault FROM file LEFT JOIN finding ON finding.hash = file.hash"
              " AND version = ?6 WHERE path = ?1 AND dev = ?2 AND ino = ?3 AND size = ?4"
              " AND mtime_ns = ?5 AND (fault != '' OR version IS NOT NULL)",
    [FIND_PATH] = "SELECT path FROM file WHERE hash = ?1",
    [FIND_FINDING] = "SELECT found FROM finding WHERE hash = ?1 AND version = ?2",
    [PUT_FILE] = "INSERT OR REPLACE INTO file VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [PUT_TRACK] = "INSERT OR REPLACE INTO track VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [PUT_FINDING] = "INSERT OR REPLACE INTO finding VALUES (?1, ?2, ?3)",
    [DROP_FINDINGS] = "DELETE FROM finding WHERE hash = ?1 AND version < ?2",
    [PUT_HEARD] = ("INSERT INTO heard (at_ms, hash, uri, title, artist)"
                   " VALUES (?1, ?2, ?3, ?4, ?5)"),
};

struct library {
    sqlite3 *db;
    pthread_mutex_t lock;
    sqlite3_stmt *prepared[STATEMENTS];
    bool has_failed; /* the last write */
};

static int fail(struct fv_error *error, const char *path, const char *what)
{
    snprintf(error->text, sizeof error->text,
             "cannot use the library %.120s: %.60s: move it away and it is made anew",
             path, what);
    return -EIO;
}

static int schema_version(sqlite3 *db)
{
    sqlite3_stmt *statement;
    int version = -1;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return version;
}

static bool execute(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int migrate(sqlite3 *db, const char *path, struct fv_error *error)
{
    int version = schema_version(db);
    if (version == SCHEMA)
        return 0;
    if (version > SCHEMA)
        return fail(error, path, "it was made by a newer forever");
    if (version < 0 || !execute(db, "BEGIN IMMEDIATE") ||
        (version = schema_version(db)) < 0) /* another forever may have begun, too */
        return fail(error, path, sqlite3_errmsg(db));
    for (; version < SCHEMA; version++)
        if (!execute(db, migrations[version]))
            return fail(error, path, sqlite3_errmsg(db));
    char done[64];
    snprintf(done, sizeof done, "PRAGMA user_version = %d; COMMIT", SCHEMA);
    return execute(db, done) ? 0 : fail(error, path, sqlite3_errmsg(db));
}

int library_open(struct library **library, const char *path, struct fv_error *error)
{
    struct library *made = must_alloc(sizeof *made);
    const char *name = path ? path : ":memory:";
    pthread_mutex_init(&made->lock, NULL);
    int rc = 0;
    if (sqlite3_open(name, &made->db) != SQLITE_OK)
        rc = fail(error, name, sqlite3_errmsg(made->db));
    sqlite3_busy_timeout(made->db, 5000);
    sqlite3_exec(made->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", NULL,
                 NULL, NULL);
    if (rc == 0)
        rc = migrate(made->db, name, error);
    for (int i = 0; rc == 0 && i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(made->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &made->prepared[i], NULL) != SQLITE_OK)
            rc = fail(error, name, sqlite3_errmsg(made->db));
    if (rc) {
        library_close(made);
        return rc;
    }
    *library = made;
    return 0;
}

void library_close(struct library *library)
{
    if (!library)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(library->prepared[i]);
    sqlite3_close(library->db);
    pthread_mutex_destroy(&library->lock);
    free(library);
}

/* ---- one statement at a time ----------------------------------------------------------
 */

static sqlite3_stmt *begin(struct library *library, enum statement which)
{
    pthread_mutex_lock(&library->lock);
    return library->prepared[which];
}

static void end(struct library *library, sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    pthread_mutex_unlock(&library->lock);
}

/* A write. That it fails is said once until it does not: each track would say it. */
static int run(struct library *library, sqlite3_stmt *statement)
{
    int rc = sqlite3_step(statement) == SQLITE_DONE ? 0 : -EIO;
    if (rc && !library->has_failed)
        log_warning("library", "cannot write to %s: %s: what is found is lost",
                    sqlite3_db_filename(library->db, "main"),
                    sqlite3_errmsg(library->db));
    library->has_failed = rc != 0;
    end(library, statement);
    return rc;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

static void bind_file(sqlite3_stmt *statement, const char *path, const struct stat *about)
{
    /* behind the year 2262 it wraps: it need not be told, only be the same again */
    uint64_t mtime_ns =
        (uint64_t)about->st_mtim.tv_sec * 1000000000u + (uint64_t)about->st_mtim.tv_nsec;
    bind_text(statement, 1, path);
    sqlite3_bind_int64(statement, 2, (int64_t)about->st_dev);
    sqlite3_bind_int64(statement, 3, (int64_t)about->st_ino);
    sqlite3_bind_int64(statement, 4, about->st_size);
    sqlite3_bind_int64(statement, 5, (int64_t)mtime_ns);
}

static void column_text(sqlite3_stmt *statement, int column, char *out, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    snprintf(out, cap, "%s", text ? (const char *)text : "");
}

static struct track *row_track(sqlite3_stmt *row, const char *uri, const char *path)
{
    char hash[FILE_HASH];
    struct fv_media media = {.length = sqlite3_column_int64(row, 6),
                             .source_rate = (uint32_t)sqlite3_column_int(row, 7)};
    column_text(row, 0, hash, sizeof hash);
    column_text(row, 2, media.title, sizeof media.title);
    column_text(row, 3, media.artist, sizeof media.artist);
    column_text(row, 4, media.album, sizeof media.album);
    column_text(row, 5, media.genre, sizeof media.genre);
    const void *blob = sqlite3_column_blob(row, 8);
    struct fv_analysis *finding =
        blob ? finding_load(blob, (size_t)sqlite3_column_bytes(row, 8)) : NULL;
    return track_new(uri, path, hash, &media, finding);
}

static int find(struct library *library, enum statement which, const char *uri,
                const char *path, uint32_t version, struct track **track,
                struct fv_error *fault)
{
    struct stat about;
    *track = NULL;
    fault->text[0] = 0;
    if (stat(path, &about) != 0)
        return -errno;
    sqlite3_stmt *row = begin(library, which);
    bind_file(row, path, &about);
    sqlite3_bind_int64(row, 6, version);
    if (sqlite3_step(row) == SQLITE_ROW) {
        column_text(row, 1, fault->text, sizeof fault->text);
        if (!fault->text[0] && sqlite3_column_type(row, 6) != SQLITE_NULL)
            *track = row_track(row, uri, path);
    }
    end(library, row);
    return 0;
}

int library_find(struct library *library, const char *uri, const char *path,
                 uint32_t version, struct track **track, struct fv_error *fault)
{
    return find(library, FIND, uri, path, version, track, fault);
}

int library_recall(struct library *library, const char *uri, const char *path,
                   uint32_t version, struct track **track, struct fv_error *fault)
{
    return find(library, RECALL, uri, path, version, track, fault);
}

int library_knows(struct library *library, const char *path, uint32_t version,
                  struct fv_error *fault)
{
    struct stat about;
    fault->text[0] = 0;
    if (stat(path, &about) != 0)
        return 0;
    sqlite3_stmt *row = begin(library, KNOWS);
    bind_file(row, path, &about);
    sqlite3_bind_int64(row, 6, version);
    int known = sqlite3_step(row) == SQLITE_ROW;
    if (known)
        column_text(row, 0, fault->text, sizeof fault->text);
    end(library, row);
    return known;
}

int library_path_of(struct library *library, const char *hash, char *path, size_t cap)
{
    sqlite3_stmt *row = begin(library, FIND_PATH);
    int rc = -ENOENT;
    bind_text(row, 1, hash);
    while (rc && sqlite3_step(row) == SQLITE_ROW) {
        column_text(row, 0, path, cap);
        rc = access(path, R_OK) == 0 ? 0 : -ENOENT;
    }
    end(library, row);
    return rc;
}

struct fv_analysis *library_finding(struct library *library, const char *hash,
                                    uint32_t version)
{
    struct fv_analysis *finding = NULL;
    sqlite3_stmt *row = begin(library, FIND_FINDING);
    bind_text(row, 1, hash);
    sqlite3_bind_int64(row, 2, version);
    if (sqlite3_step(row) == SQLITE_ROW)
        finding = finding_load(sqlite3_column_blob(row, 0),
                               (size_t)sqlite3_column_bytes(row, 0));
    end(library, row);
    return finding;
}

static int put_file(struct library *library, const char *path, const char *hash,
                    const char *fault)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return -errno;
    sqlite3_stmt *statement = begin(library, PUT_FILE);
    bind_file(statement, path, &about);
    bind_text(statement, 6, hash);
    bind_text(statement, 7, fault);
    return run(library, statement);
}

int library_refuse(struct library *library, const char *path, const char *reason)
{
    return put_file(library, path, "", reason);
}

static int put_finding(struct library *library, const struct track *track,
                       uint32_t version)
{
    struct bytes blob = {0};
    finding_store(track->finding, &blob);
    sqlite3_stmt *statement = begin(library, DROP_FINDINGS);
    bind_text(statement, 1, track->hash);
    sqlite3_bind_int64(statement, 2, version);
    run(library, statement);
    statement = begin(library, PUT_FINDING);
    bind_text(statement, 1, track->hash);
    sqlite3_bind_int64(statement, 2, version);
    sqlite3_bind_blob(statement, 3, blob.at, (int)blob.length, SQLITE_TRANSIENT);
    int rc = run(library, statement);
    bytes_release(&blob);
    return rc;
}

/* A track that is called after its file is that only there: a copy has another name. */
static const char *own_title(const struct track *track)
{
    char name[FV_TAG];
    track_file_name(track->path, name, sizeof name);
    return strcmp(track->title, name) == 0 ? "" : track->title;
}

int library_store(struct library *library, const struct track *track, uint32_t version)
{
    int rc = put_file(library, track->path, track->hash, "");
    if (rc)
        return rc;
    sqlite3_stmt *statement = begin(library, PUT_TRACK);
    bind_text(statement, 1, track->hash);
    bind_text(statement, 2, own_title(track));
    bind_text(statement, 3, track->artist);
    bind_text(statement, 4, track->album);
    bind_text(statement, 5, track->genre);
    sqlite3_bind_int64(statement, 6, track->length);
    sqlite3_bind_int64(statement, 7, track->source_rate);
    rc = run(library, statement);
    return rc == 0 && track->finding ? put_finding(library, track, version) : rc;
}

int library_note_heard(struct library *library, const struct track *track, int64_t at_ms)
{
    sqlite3_stmt *statement = begin(library, PUT_HEARD);
    sqlite3_bind_int64(statement, 1, at_ms);
    bind_text(statement, 2, track->hash);
    bind_text(statement, 3, track->uri);
    bind_text(statement, 4, track->title);
    bind_text(statement, 5, track->artist);
    return run(library, statement);
}
