/* What LAPACK, linked statically, asks of Fortran's runtime, so that neither libgfortran nor libquadmath is
 * needed: ilaenv puts names together, and xerbla tells of arguments that tepui never gives (it would print
 * and end the process). */
#include <stddef.h>
#include <string.h>

void _gfortran_concat_string(size_t length, char* to, size_t first_length, const char* first,
                             size_t second_length, const char* second);
size_t _gfortran_string_len_trim(size_t length, const char* text);
void xerbla_(const char* routine, const int* argument, size_t length);

static size_t copied(char* to, size_t room, const char* from, size_t length) {
    const size_t count = length < room ? length : room;
    memcpy(to, from, count);
    return count;
}

/* Both behind each other, blanks behind them. */
void _gfortran_concat_string(size_t length, char* to, size_t first_length, const char* first,
                             size_t second_length, const char* second) {
    size_t at = copied(to, length, first, first_length);
    at += copied(to + at, length - at, second, second_length);
    memset(to + at, ' ', length - at);
}

/* Without the blanks behind it. */
size_t _gfortran_string_len_trim(size_t length, const char* text) {
    while (length > 0 && text[length - 1] == ' ') --length;
    return length;
}

void xerbla_(const char* routine, const int* argument, size_t length) {
    (void)routine, (void)argument, (void)length;
}
