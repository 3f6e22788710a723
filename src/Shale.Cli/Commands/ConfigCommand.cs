using System.CommandLine;
using Shale.Cli.Config;
using Shale.Cli.Output;

namespace Shale.Cli.Commands;

/// <summary>`shale config`: checks configuration files of `shale serve`, and prints their schema.</summary>
internal static class ConfigCommand
{
    private const string More = """
        Examples:
          shale config check shale.json
          shale config schema > shale.schema.json
          shale serve --config shale.json
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The configuration file." };
        var check = new Command("check", "Check a configuration file; the exit code is 0 if it can be used.") { file };
        check.SetAction(async (parsed, _) => await CheckAsync(parsed.GetValue(file)!));
        var schema = new Command("schema", "Print the JSON schema of configuration files.");
        schema.SetAction(_ => Console.Write(ConfigFile.SchemaText()));
        return new ShaleCommand("config", "Check the configuration file of `shale serve`, or print its schema.", More) { check, schema };
    }

    private static async Task<int> CheckAsync(string path)
    {
        try
        {
            var config = ConfigFile.Read(path);
            foreach (var file in new[] { config.Vschema, config.Http?.TokenFile, config.Http?.Cert, config.Http?.Key })
            {
                if (file is not null && !File.Exists(file)) throw new FileNotFoundException($"{path} names a file that is not there: {file}");
            }

            Console.WriteLine($"{path} can be used.");
            return 0;
        }
        catch (VitessException failure)
        {
            ErrorText.Write(Console.Error, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync("ERROR: " + failure.Message);
        }

        return 1;
    }
}
