// burgeon: parse the command line, choose the kernels, carry out one command, turn failures into messages and exit codes.

#include <cstdio>
#include <new>
#include <system_error>

#include "base/errors.h"
#include "base/noise.h"
#include "cli/command_line.h"
#include "cli/console.h"
#include "models/catalogue.h"

int main(int argc, char** argv) {
  using namespace burgeon;
  const cli::Request request = cli::parse_command_line(argc, argv);
  if (!request.action) return request.exit_code;

  const cli::Console console(request.json);
  const Catalogue& catalogue = models::catalogue(request.simd.empty() ? best_simd() : request.simd);
  try {
    const int code = request.action({console, catalogue, request.command_line});
    // Output that never arrived (a full disk behind '>') is a failure like any other.
    if (std::fflush(stdout) != 0) throw EnvironmentError("cannot write to standard output");
    return code;
  } catch (const NumericalError& error) {
    console.error(error.what());
    return cli::exit_numerical;
  } catch (const EnvironmentError& error) {
    console.error(error.what());
    return cli::exit_environment;
  } catch (const std::system_error& error) {
    // Files, folders and threads of the standard library.
    console.error(error.what());
    return cli::exit_environment;
  } catch (const std::bad_alloc&) {
    console.error("out of memory", "'burgeon check' tells what a model needs; simulation.scale makes it smaller.");
    return cli::exit_environment;
  } catch (const std::exception& error) {
    console.error(error.what(),
                  "This is a bug in burgeon: please report it with the model file and the output of 'burgeon doctor'.");
    return cli::exit_internal;
  }
}
