// burgeon: parse the command line, choose the kernels, carry out one command, turn failures into messages and exit codes. As one
// of several ranks: end the others when there is a failure that they do not know of.

#include <cstdio>
#include <new>
#include <string>
#include <system_error>

#include "base/errors.h"
#include "base/noise.h"
#include "cli/command_line.h"
#include "cli/console.h"
#include "models/catalogue.h"
#include "parallel/ranks.h"

int main(int argc, char** argv) {
  using namespace burgeon;
  const cli::Request request = cli::parse_command_line(argc, argv);
  if (!request.action) return request.exit_code;

  const auto launch = launched();
  const cli::Console console(request.json, launch && launch->rank > 0);
  Ranks ranks;
  const Catalogue& catalogue = models::catalogue(request.simd.empty() ? best_simd() : request.simd);
  const auto fail = [&](const std::exception& error, int code, std::string_view advice = {}) {
    const std::string where = console.quiet() ? " (on rank " + std::to_string(launch->rank) + ")" : "";
    console.error(error.what() + where, advice);
    if (!ranks.alone()) ranks.abort(code);
    return code;
  };
  try {
    const int code = request.action({console, catalogue, request.command_line, ranks});
    // Output that never arrived (a full disk behind '>') is a failure like any other.
    if (std::fflush(stdout) != 0) throw EnvironmentError("cannot write to standard output");
    ranks.leave();
    // The first code that is not 0 ends all ranks, finished or not: rank 0 says how it went.
    return console.quiet() ? cli::exit_ok : code;
  } catch (const PeerFailed&) {
    // Rank 0 knows, reports it and ends us all.
    ranks.leave();
    return cli::exit_ok;
  } catch (const NumericalError& error) {
    return fail(error, cli::exit_numerical);
  } catch (const EnvironmentError& error) {
    return fail(error, cli::exit_environment);
  } catch (const std::system_error& error) {
    // Files, folders and threads of the standard library.
    return fail(error, cli::exit_environment);
  } catch (const std::bad_alloc&) {
    return fail(std::runtime_error("out of memory"), cli::exit_environment,
                "'burgeon check' tells what a model needs; simulation.scale makes it smaller.");
  } catch (const std::exception& error) {
    return fail(error, cli::exit_internal,
                "This is a bug in burgeon: please report it with the model file and the output of 'burgeon doctor'.");
  }
}
