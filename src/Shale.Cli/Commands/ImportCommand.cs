using System.CommandLine;
using System.Globalization;
using Shale.Cli.Output;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Commands;

/// <summary>`shale import`: takes a plain SQLite file into a keyspace.</summary>
internal static class ImportCommand
{
    private const string More = """
        The data directory is that of a server that is stopped, or a new one. Tables, indexes and views are made by the file's own definitions in dialect
        sqlite, each table sharded by its primary key, or by a foreign key where only that keeps it together; a table that is there already and empty is
        filled as it is sharded. Then come the rows, and triggers last. Rows are counted afterwards on both sides. What a keyspace cannot have is named, and
        nothing is taken; --skip leaves it out. The file stays as it is.

        Examples:
          shale import app.db --data ./data
          shale import app.db --data ./data --shards 8 --skip
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The SQLite file." };
        var data = new Option<string>("--data") { Description = "The data directory; made if there is none.", HelpName = "DIR", DefaultValueFactory = _ => DataDirectory.Default };
        var keyspace = new Option<string>("--keyspace", "-k") { Description = "The keyspace.", HelpName = "NAME", DefaultValueFactory = _ => ClusterStart.DefaultKeyspace };
        var shards = NumberOption.Shards();
        var skip = new Option<bool>("--skip") { Description = "Leave out what cannot be taken." };
        var import = new ShaleCommand("import", "Take a plain SQLite file into a keyspace.", More) { file, data, keyspace, shards, skip };
        import.SetAction((parsed, _) => CommandRun.RunAsync(async stop =>
        {
            var path = parsed.GetValue(file)!;
            if (!File.Exists(path)) throw new VitessException(ErrorCodes.NotFound, $"there is no file {path}", sqlState: "58P01", hint: "Check the name.");
            RequireDatabase(path);
            await using var cluster = await DataDirectory.OpenAsync(DataDirectory.OfStoppedServer(parsed.GetValue(data)!, parsed.GetValue(keyspace)!) with { Shards = parsed.GetValue(shards), MakesKeyspace = true }, stop);
            ImportedFile taken;
            await using (var bars = new ExportBars()) taken = await new PlainImport(cluster.Gate, parsed.GetValue(keyspace)!, parsed.GetValue(skip), bars).RunAsync(path, stop);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Imported {taken.Tables:N0} table{(taken.Tables == 1 ? "" : "s")} and {taken.Rows:N0} row{(taken.Rows == 1 ? "" : "s")} into keyspace {parsed.GetValue(keyspace)} of {Path.GetFullPath(parsed.GetValue(data)!)}."));
            if (taken.Renumbered.Count > 0) Console.WriteLine($"NOTICE: rowids are new in {string.Join(", ", taken.Renumbered)}: without an INTEGER PRIMARY KEY they are kept only in tables that are whole on one shard.");
            foreach (var left in taken.LeftOut) Console.WriteLine($"NOTICE: left out: {left}");
            return 0;
        }));
        return import;
    }

    // Before there is a data directory that nobody wanted.
    private static void RequireDatabase(string path)
    {
        Span<byte> head = stackalloc byte[16];
        using var file = File.OpenRead(path);
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual("SQLite format 3\0"u8)) return;
        throw new VitessException(ErrorCodes.QueryError, $"{path} is no SQLite database", sqlState: "22023", hint: "Name the file of one; statements in a file are run by `shale sql -f`.");
    }
}
