#include "cli/support/gnuplot.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include "cli/support/output_files.hpp"
#include "cli/support/user_error.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace tepui::cli {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string ending(const std::string& file) {
    return std::filesystem::path(file).extension().string();
}

// The program's path, or none. TEPUI_GNUPLOT names another one.
std::string find_program() {
    if (const char* named = std::getenv("TEPUI_GNUPLOT"))
        return access(named, X_OK) == 0 ? std::string(named) : std::string();
    const char* path = std::getenv("PATH");
    std::istringstream directories(path ? path : "");
    for (std::string directory; std::getline(directories, directory, ':');) {
        std::string candidate = (directory.empty() ? "." : directory) + "/gnuplot";
        if (access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate))
            return candidate;
    }
    return "";
}

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
    return result + "'";
}

std::string terminal(const std::string& file, int width, int height) {
    std::ostringstream text;
    const std::string kind = ending(file);
    text << "set encoding utf8\nset terminal ";
    if (kind == ".svg") {
        text << "svg size " << width << "," << height
             << " enhanced font 'DejaVu Sans,Helvetica,sans-serif,11' background '#ffffff'";
    } else if (kind == ".pdf") {
        text << "pdfcairo size " << width / 72.0 << "in," << height / 72.0
             << "in enhanced font 'DejaVu Sans,11' background '#ffffff'";
    } else {
        text << "pngcairo size " << 2 * width << "," << 2 * height
             << " enhanced font 'DejaVu Sans,11' fontscale 1.5 linewidth 2 pointscale 2.4 background "
                "'#ffffff'";
    }
    text << "\nset output " << quoted(file) << "\n";
    return text.str();
}

File temporary_file() {
    File file(std::tmpfile(), std::fclose);
    if (!file) throw UserError(std::string("no temporary file for gnuplot: ") + std::strerror(errno));
    return file;
}

// Script and messages go through files, so that neither side ever waits for the other.
int run_program(const std::string& program, std::FILE* input, std::FILE* messages) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDERR_FILENO);
    std::string name = program;
    char* arguments[] = {name.data(), nullptr};
    pid_t child = 0;
    const int failure = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) throw UserError(program + ": cannot be run: " + std::strerror(failure));
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw UserError(program + ": " + std::strerror(errno));
    return status;
}

std::string contents(std::FILE* file) {
    std::rewind(file);
    std::string text;
    char part[4096];
    while (const std::size_t count = std::fread(part, 1, sizeof part, file)) text.append(part, count);
    return text;
}

}  // namespace

void check_figure_file(const std::string& file) {
    const std::string kind = ending(file);
    if (kind != ".svg" && kind != ".pdf" && kind != ".png")
        throw UserError("--out " + file + ": a file that ends in .svg, .pdf or .png is expected");
    const std::filesystem::path directory = std::filesystem::path(file).parent_path();
    if (!directory.empty() && !std::filesystem::is_directory(directory))
        throw UserError("--out " + file + ": there is no directory " + directory.string());
    if (find_program().empty())
        throw UserError("--out " + file +
                        ": pictures are drawn by gnuplot, which is not there. Install it (Debian: apt-get "
                        "install gnuplot-nox), name it in TEPUI_GNUPLOT, or leave out --out: the report "
                        "holds the same as text, and as JSON with --json");
}

namespace {

void draw(const Figure& figure, const std::string& file) {
    // Gnuplot would say so, too, in many lines and with the picture among them.
    if (std::ofstream stream(file, std::ios::app); !stream)
        throw UserError("--out " + file + ": cannot be written: " + std::strerror(errno));
    const std::string whole =
        terminal(file, figure.width, figure.height) + figure.script + "\nunset output\n";
    const File input = temporary_file(), messages = temporary_file();
    if (std::fwrite(whole.data(), 1, whole.size(), input.get()) != whole.size() ||
        std::fflush(input.get()) != 0)
        throw UserError(std::string("the temporary file for gnuplot: ") + std::strerror(errno));
    lseek(fileno(input.get()), 0, SEEK_SET);
    const int status = run_program(find_program(), input.get(), messages.get());
    std::error_code error;
    const bool written = std::filesystem::file_size(file, error) > 0 && !error;
    if (status == 0 && written) return;
    throw UserError(file + ": gnuplot did not draw it: " + contents(messages.get()));
}

}  // namespace

void show_and_draw(const std::string& report, const std::string& file,
                   const std::function<Figure()>& figure) {
    std::cout << report << std::flush;
    if (!file.empty()) draw(figure(), file);
    show("");
}

std::string plain_text(const std::string& text) {
    std::string result = "'";
    for (const char c : text) {
        if (std::strchr("\\^_{}@&~", c) != nullptr) result += '\\';
        if (c == '\'') result += '\'';
        result += c == '\n' ? ' ' : c;
    }
    return result + "'";
}

}  // namespace tepui::cli
