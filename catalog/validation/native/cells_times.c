/* Cells that are days and times: the default formats as dateutil's isoparse reads them, others as strptime does. */
#include "cells_internal.h"

#define MICROSECONDS INT64_C(1000000)

typedef struct { const byte *at, *end; } Cursor;

static inline bool is_digit(byte c)
{
    return (byte)(c - '0') < 10;
}

/* Exactly two digits. */
static inline bool two(const byte *at, unsigned *value)
{
    unsigned tens = (unsigned)at[0] - '0', ones = (unsigned)at[1] - '0';
    *value = tens * 10 + ones;
    return (tens < 10) & (ones < 10);
}

static inline bool four(const byte *at, unsigned *value)
{
    unsigned century, rest;
    bool digits = two(at, &century) & two(at + 2, &rest);
    *value = century * 100 + rest;
    return digits;
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The years 1 to 9999 that datetime knows. */
static bool is_day(const Moment *moment)
{
    static const byte lengths[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (moment->year - 1 > 9998 || moment->month - 1 > 11 || moment->day == 0) {
        return false;
    }
    return moment->day <= lengths[moment->month] || (moment->month == 2 && moment->day == 29 && is_leap(moment->year));
}

static bool is_time(const Moment *moment)
{
    return moment->hour <= 23 && moment->minute <= 59 && moment->second <= 59;
}

/* YYYY-MM-DD in ten bytes. */
static inline bool iso_day(const byte *at, Moment *moment)
{
    bool digits = four(at, &moment->year) & two(at + 5, &moment->month) & two(at + 8, &moment->day);
    return digits && at[4] == '-' && at[7] == '-' && is_day(moment);
}

/* Z, z, +HH, +HHMM or +HH:MM up to the end of the cell (isoparser._parse_tzstr). */
static bool iso_zone(Cursor *cursor, Moment *moment)
{
    size_t n = (size_t)(cursor->end - cursor->at);
    const byte *at = cursor->at;
    unsigned hours = 0, minutes = 0;
    moment->aware = true;
    if (n == 1) {
        return *at == 'Z' || *at == 'z';
    }
    if ((n != 3 && n != 5 && n != 6) || (*at != '+' && *at != '-') || !two(at + 1, &hours)) {
        return false;
    }
    if (n > 3 && !two(at + n - 2, &minutes)) {
        return false;
    }
    moment->offset = (int)(hours * 60 + minutes) * (*at == '-' ? -1 : 1);
    return (n != 6 || at[3] == ':') && hours <= 23 && minutes <= 59;
}

/* Digits after the point of the seconds: those past the sixth are read, but do not count. */
static unsigned take_fraction(Cursor *cursor, size_t most)
{
    unsigned micro = 0;
    size_t digits = 0;
    for (; cursor->at < cursor->end && is_digit(*cursor->at) && digits < most; digits++, cursor->at++) {
        if (digits < 6) {
            micro = micro * 10 + (unsigned)(*cursor->at - '0');
        }
    }
    for (; digits < 6; digits++) {
        micro *= 10;
    }
    return micro;
}

/* HH:MM:SS, then perhaps a fraction, then perhaps a zone, up to the end (isoparser._parse_isotime). */
static bool iso_time(const byte *at, size_t n, Moment *moment)
{
    if (n < 8 || !(two(at, &moment->hour) & two(at + 3, &moment->minute) & two(at + 6, &moment->second))) {
        return false;
    }
    if (at[2] != ':' || at[5] != ':' || !is_time(moment)) {
        return false;
    }
    if (n == 8) {
        return true;
    }
    Cursor cursor = {at + 8, at + n};
    if (*cursor.at == '.' || *cursor.at == ',') {
        cursor.at++;
        if (cursor.at == cursor.end || !is_digit(*cursor.at)) {
            return false;
        }
        moment->micro = take_fraction(&cursor, n);
    }
    return cursor.at == cursor.end || iso_zone(&cursor, moment);
}

/* A number of one or two digits between the least and the most, as strptime chooses: two digits where they are in range. */
static bool take_number(Cursor *cursor, unsigned least, unsigned most, unsigned *value)
{
    if (cursor->end - cursor->at >= 2 && two(cursor->at, value) && *value >= least && *value <= most) {
        cursor->at += 2;
        return true;
    }
    if (cursor->at == cursor->end || !is_digit(*cursor->at)) {
        return false;
    }
    *value = (unsigned)(*cursor->at++ - '0');
    return *value >= least;
}

static bool take_year(Cursor *cursor, bool whole, unsigned *year)
{
    ptrdiff_t size = whole ? 4 : 2;
    if (cursor->end - cursor->at < size || !(whole ? four(cursor->at, year) : two(cursor->at, year))) {
        return false;
    }
    if (!whole) {
        *year += *year <= 68 ? 2000 : 1900; /* POSIX: 69 to 99 are of the century before */
    }
    cursor->at += size;
    return true;
}

/* %z at the end of a format: Z, +HHMM or +HH:MM (strptime also reads seconds there). */
static bool take_zone(Cursor *cursor, Moment *moment)
{
    size_t n = (size_t)(cursor->end - cursor->at);
    if ((n != 1 && n != 5 && n != 6) || *cursor->at == 'z' || !iso_zone(cursor, moment)) {
        return false;
    }
    cursor->at = cursor->end;
    return true;
}

static bool take_byte(Cursor *cursor, byte expected)
{
    return cursor->at < cursor->end && *cursor->at++ == expected;
}

/* Each directive takes what strptime's regular expression tries first; where that leads to the end, it is what strptime reads. */
static bool take_step(Step step, Cursor *cursor, Moment *moment)
{
    switch (step.step) {
    case '=': return take_byte(cursor, step.literal);
    case ' ': return take_byte(cursor, ' ');
    case 'Y': return take_year(cursor, true, &moment->year);
    case 'y': return take_year(cursor, false, &moment->year);
    case 'm': return take_number(cursor, 1, 12, &moment->month);
    case 'd': return take_number(cursor, 1, 31, &moment->day);
    case 'H': return take_number(cursor, 0, 23, &moment->hour);
    case 'M': return take_number(cursor, 0, 59, &moment->minute);
    case 'S': return take_number(cursor, 0, 61, &moment->second);
    case 'z': return take_zone(cursor, moment);
    case 'f':
        if (cursor->at == cursor->end || !is_digit(*cursor->at)) {
            return false;
        }
        moment->micro = take_fraction(cursor, 6);
        return true;
    default: return false;
    }
}

static bool follow_format(const Column *column, const byte *text, size_t n, Moment *moment)
{
    Cursor cursor = {text, text + n};
    *moment = (Moment){.year = 1900, .month = 1, .day = 1};
    for (size_t i = 0; i < column->step_count; i++) {
        if (!take_step(column->steps[i], &cursor, moment)) {
            return false;
        }
    }
    return column->step_count && cursor.at == cursor.end && is_day(moment) && is_time(moment);
}

bool read_date(const Column *column, const byte *text, size_t n, Moment *moment)
{
    if (column->standard && n == 10 && iso_day(text, moment)) {
        return true;
    }
    return follow_format(column, text, n, moment);
}

bool read_datetime(const Column *column, const byte *text, size_t n, Moment *moment)
{
    if (!column->standard) {
        return follow_format(column, text, n, moment);
    }
    *moment = (Moment){.year = 0};
    return n >= 19 && (text[10] == 'T' || text[10] == ' ') && iso_day(text, moment) && iso_time(text + 11, n - 11, moment);
}

bool read_time(const Column *column, const byte *text, size_t n, Moment *moment)
{
    if (!column->standard) {
        return follow_format(column, text, n, moment);
    }
    *moment = (Moment){.year = 2000, .month = 1, .day = 1};
    return iso_time(text, n, moment);
}

/* Microseconds since midnight, in UTC where the zone is known. */
int64_t time_scalar(const Moment *moment)
{
    int64_t seconds = (int64_t)moment->hour * 3600 + moment->minute * 60 + moment->second - (int64_t)moment->offset * 60;
    return seconds * MICROSECONDS + moment->micro;
}

/* Microseconds since the day that date.toordinal() numbers 0. */
int64_t datetime_scalar(const Moment *moment)
{
    static const int before[13] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t years = (int64_t)moment->year - 1;
    int64_t days = years * 365 + years / 4 - years / 100 + years / 400 + before[moment->month] + moment->day;
    days += moment->month > 2 && is_leap(moment->year);
    return days * 86400 * MICROSECONDS + time_scalar(moment);
}
