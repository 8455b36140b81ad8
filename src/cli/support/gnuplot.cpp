#include "cli/support/gnuplot.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/support/output_files.hpp"
#include "cli/support/text_streams.hpp"
#include "cli/support/user_error.hpp"
#include "cli/support/visible_text.hpp"

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
    TextReader directories(path ? path : "");
    for (std::string directory; std::getline(directories, directory, ':');) {
        std::string candidate = (directory.empty() ? "." : directory) + "/gnuplot";
        if (access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate))
            return candidate;
    }
    return "";
}

std::string terminal(const std::string& file, int width, int height) {
    TextWriter text;
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
    text << "\n";
    return text.str();
}

File temporary_file() {
    File file(std::tmpfile(), std::fclose);
    if (!file) throw UserError(std::string("no temporary file for gnuplot: ") + std::strerror(errno));
    return file;
}

// Reads until the other end is closed.
std::string read_all(int descriptor) {
    std::string text;
    char part[1 << 16];
    for (;;) {
        const ssize_t count = read(descriptor, part, sizeof part);
        if (count == 0) return text;
        if (count > 0)
            text.append(part, std::size_t(count));
        else if (errno != EINTR)
            throw UserError(std::string("gnuplot's picture cannot be read: ") + std::strerror(errno));
    }
}

struct Pipe {
    int ends[2] = {-1, -1};
    Pipe() {
        if (pipe2(ends, O_CLOEXEC) != 0)
            throw UserError(std::string("no pipe for gnuplot: ") + std::strerror(errno));
    }
    ~Pipe() {
        close(ends[0]);
        close_writing();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_writing() {
        if (ends[1] >= 0) close(ends[1]);
        ends[1] = -1;
    }
};

// What the program writes to standard output. Script and messages go through files, so that neither side ever
// waits for the other. No shell, no name of any file, and -d: nothing of ~/.gnuplot is run.
std::string output_of(const std::string& program, std::FILE* input, std::FILE* messages, int& status) {
    Pipe pipe;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipe.ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDERR_FILENO);
    std::string name = program, defaults = "-d", standard_input = "-";
    char* arguments[] = {name.data(), defaults.data(), standard_input.data(), nullptr};
    // GNUTERM may name a terminal that this gnuplot does not have, which it then complains of.
    std::vector<char*> environment;
    for (char** entry = environ; *entry != nullptr; ++entry)
        if (std::strncmp(*entry, "GNUTERM=", 8) != 0) environment.push_back(*entry);
    environment.push_back(nullptr);
    pid_t child = 0;
    const int failure =
        posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) throw UserError(program + ": cannot be run: " + std::strerror(failure));
    pipe.close_writing();
    std::string output = read_all(pipe.ends[0]);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw UserError(program + ": " + std::strerror(errno));
    return output;
}

std::string contents(std::FILE* file) {
    lseek(fileno(file), 0, SEEK_SET);
    return read_all(fileno(file));
}

// Whether the picture has its end.
bool whole(const std::string& picture, const std::string& kind) {
    const std::string_view mark = kind == ".svg" ? "</svg>" : (kind == ".pdf" ? "%%EOF" : "IEND");
    return picture.size() >= 16 && picture.find(mark, picture.size() - 16) != std::string::npos;
}

}  // namespace

void check_figure_file(const std::string& file, const std::string& option) {
    const std::string kind = ending(file);
    if (kind != ".svg" && kind != ".pdf" && kind != ".png")
        throw UserError(option + " " + file + ": a file that ends in .svg, .pdf or .png is expected");
    const std::filesystem::path directory = std::filesystem::path(file).parent_path();
    if (!directory.empty() && !std::filesystem::is_directory(directory))
        throw UserError(option + " " + file + ": there is no directory " + directory.string());
    if (find_program().empty())
        throw UserError(option + " " + file +
                        ": pictures are drawn by gnuplot, which is not there. Install it (Debian: apt-get "
                        "install gnuplot-nox), name it in TEPUI_GNUPLOT, or leave out " +
                        option +
                        ": the report "
                        "holds the same as text, and as JSON with --json");
}

namespace {

std::string drawn(const Figure& figure, const std::string& file) {
    const std::string script =
        terminal(file, figure.width, figure.height) + figure.script + "\nunset output\n";
    const File input = temporary_file(), messages = temporary_file();
    if (std::fwrite(script.data(), 1, script.size(), input.get()) != script.size() ||
        std::fflush(input.get()) != 0)
        throw UserError(std::string("the temporary file for gnuplot: ") + std::strerror(errno));
    lseek(fileno(input.get()), 0, SEEK_SET);
    int status = 0;
    std::string picture = output_of(find_program(), input.get(), messages.get(), status);
    if (status == 0 && whole(picture, ending(file))) return picture;
    throw UserError(file + ": gnuplot did not draw it: " + contents(messages.get()));
}

}  // namespace

void draw(const Figure& figure, const std::string& file) {
    OutputFiles files;
    files.add(file, drawn(figure, file));
    files.commit();
}

void show_and_draw(const std::string& report, const std::string& file,
                   const std::function<Figure()>& figure) {
    write_and_show(
        [&] {
            if (!file.empty()) draw(figure(), file);
        },
        report);
}

// Within double quotes gnuplot knows no character by itself any more when all but letters and blanks are
// octal; a back quote there would run a command, and a digit would belong to the octal number before it.
std::string plain_text(const std::string& text) {
    std::string result = "\"";
    for (const char c : visible(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || c == ' ' || (byte < 0x80 && std::isalpha(byte) != 0)) {
            result += c;
        } else {
            char octal[8];
            std::snprintf(octal, sizeof octal, "\\%03o", unsigned(byte));
            result += octal;
        }
    }
    return result + "\" noenhanced";
}

}  // namespace tepui::cli
