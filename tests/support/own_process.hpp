// This test program in a process of its own, for what a process decides once.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "support/catch.hpp"

namespace tepui::test {

// What the test cases tagged [.child] print with this environment variable (null: unset).
inline std::string printed_by_child(const char* variable, const char* value) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        unsetenv(variable);
        if (value != nullptr) setenv(variable, value, 1);
        execl("/proc/self/exe", "child", "[.child]", static_cast<char*>(nullptr));
        _exit(127);
    }
    close(ends[1]);
    std::string text;
    char buffer[256];
    for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return text;
}

}  // namespace tepui::test
