using System.IO.Compression;
using Shale.Cli.Demo;
using Shale.Engines;
using Shale.Vitess;
using Spectre.Console;

namespace Shale.Cli.Tests;

public class DemoTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Demo_OnTheWholeData_AnswersAsOneDatabaseAndCleansUp()
    {
        await DebianPackage.EnsureWordNetAsync(TextWriter.Null, CancellationToken.None);
        var text = new StringWriter();
        string shards;
        bool same;
        using (var directory = DemoDirectory.Create(null))
        {
            shards = directory.Shards;
            same = await new DemoRun(ConsoleTo(text), directory).RunAsync(WordNetFiles.OfPackage, CancellationToken.None);
        }

        Assert.True(same, text.ToString());
        Assert.False(Directory.Exists(shards));
        foreach (var tier in (string[])["T0 ·", "T1 ·", "T2 ·"]) Assert.Contains(tier, text.ToString(), StringComparison.Ordinal);
        Assert.Contains("entity", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_ToKeep_LeavesTheShardsForAServerAndNothingElse()
    {
        var root = Directory.CreateTempSubdirectory("shale-test-").FullName;
        var text = new StringWriter();
        var kept = Path.Combine(root, "kept");
        string beside;
        using (var directory = DemoDirectory.Create(kept))
        {
            beside = Path.GetDirectoryName(directory.PlainFile)!;
            Assert.True(await new DemoRun(ConsoleTo(text), directory).RunAsync(SmallWordNet(root), CancellationToken.None), text.ToString());
        }

        Assert.False(Directory.Exists(beside));
        Assert.EndsWith($"Kept. Open it with:  shale serve --data {kept}", text.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.Throws<IOException>(() => DemoDirectory.Create(kept));
        await using (var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = kept }))
        {
            Assert.Equal(3, (await cluster.Gate.ExecuteAsync(new GateRequest("SELECT count(*) FROM senses WHERE lemma = 'dog'", []))).Rows[0][0].AsInteger());
        }

        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void Directory_ThatIsNotKept_IsRemovedWithTheShards()
    {
        DemoDirectory directory;
        using (directory = DemoDirectory.Create(null))
        {
            Assert.False(directory.IsKept);
            Directory.CreateDirectory(directory.Shards);
            File.WriteAllText(directory.PlainFile, "");
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(directory.PlainFile)));
        Assert.False(Directory.Exists(directory.Shards));
    }

    [Fact]
    public void Difference_OfOneCell_IsTold()
    {
        var rows = new RowSet([new Field("n", "int8"), new Field("word", "text")]);
        rows.Add([SqlValue.Integer(1), SqlValue.Text("dog")]);

        Assert.Null(RowComparison.Difference(rows, [[SqlValue.Integer(1), SqlValue.Text("dog")]]));
        Assert.Contains("word: dog", RowComparison.Difference(rows, [[SqlValue.Integer(1), SqlValue.Text("cat")]]), StringComparison.Ordinal);
        Assert.NotNull(RowComparison.Difference(rows, []));
        Assert.NotNull(RowComparison.Difference(rows, [[SqlValue.Real(1), SqlValue.Text("dog")]]));
    }

    [Fact]
    public void Directory_ToKeepThatIsNotEmpty_IsRefused()
    {
        var full = Directory.CreateTempSubdirectory("shale-test-").FullName;
        File.WriteAllText(Path.Combine(full, "x"), "");

        Assert.Throws<IOException>(() => DemoDirectory.Create(full));
        Directory.Delete(full, recursive: true);
    }

    private static DemoConsole ConsoleTo(TextWriter text) => new(AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text),
    }));

    // Lines made for this test, in the formats of wndb(5WN) and lexnames(5WN).
    private static WordNetFiles SmallWordNet(string root)
    {
        var files = new WordNetFiles(Directory.CreateDirectory(Path.Combine(root, "wordnet")).FullName, Path.Combine(root, "lexnames.gz"));
        Write("noun", """
            00001740 03 n 01 entity 0 000 | what there is
            02083346 05 n 02 canine 0 canid 0 001 @ 00001740 n 0000 | of the kind of dogs
            02084071 05 n 02 dog 0 domestic_dog 0 001 @ 02083346 n 0000 | barks
            07676602 13 n 01 dog 0 000 | a sausage
            """);
        Write("verb", "02005948 38 v 01 dog 0 000 01 + 08 00 | go after");
        Write("adj", "00000500 00 a 01 canine 0 001 + 02083346 n 0101 | like a dog");
        Write("adv", "00000600 02 r 01 doggedly 0 000 | without giving up");
        using var page = new StreamWriter(new GZipStream(File.Create(files.LexNamesPage), CompressionLevel.Fastest));
        foreach (var domain in (string[])["00\tadj.all", "02\tadv.all", "03\tnoun.Tops", "05\tnoun.animal", "13\tnoun.food", "38\tverb.motion"]) page.Write($"{domain}\tof this kind\n");
        return files;

        void Write(string part, string lines) => File.WriteAllText(Path.Combine(files.Directory, $"data.{part}"), lines + "\n");
    }
}
