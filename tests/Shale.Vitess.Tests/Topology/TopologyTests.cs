using Shale.Sql;

namespace Shale.Vitess.Tests;

public sealed class TopologyTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "shale-topology-" + Guid.NewGuid().ToString("n"));

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, true);
    }

    [Fact]
    public void Open_AfterSave_GivesBackEverything()
    {
        var schema = Sample();
        using (var topology = Open())
        {
            topology.Save(0, schema, new Dictionary<string, string> { ["main"] = "sha256:1" });
            topology.Reserve("main", new VSequence("s"), 10);
        }

        using var again = Open();
        Assert.Equal(VSchemaJson.Write(schema), VSchemaJson.Write(again.Load()));
        Assert.Equal(schema.Version, again.Load().Version);
        Assert.Equal("id", again.Load().Get("main").GetTable("t").Schema?.Columns[0].Name);
        Assert.Equal("sha256:1", again.AppliedHash("MAIN"));
        Assert.Equal(11, again.Reserve("main", new VSequence("s"), 1).First);
    }

    [Fact]
    public void Save_OtherVersion_IsSerializationFailure()
    {
        using var topology = new MemoryTopology(Sample());
        var version = topology.Load().Version;
        topology.Save(version, topology.Load().WithSequence("main", new VSequence("x")));
        var error = Assert.Throws<VitessException>(() => topology.Save(version, Sample() with { Version = version + 1 }));
        Assert.Equal("SERIALIZATION_FAILURE", error.Code);
    }

    [Fact]
    public void Open_DirectoryInUse_IsRefusedWithWhatToDo()
    {
        using var first = Open();
        var error = Assert.Throws<VitessException>(() => Open());
        Assert.Equal(("SHARD_ERROR", "55006"), (error.Code, error.SqlState));
        Assert.Contains("--data", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"format\": \"shale-topology\", \"format_version\": 2}", "newer")]
    [InlineData("{\"format\": \"something\"}", null)]
    [InlineData("{\"format\": \"shale-topology\", \"format_version\": 1, \"version\": ", "backup")]
    [InlineData("", "backup")]
    public void Open_FileThatCannotBeRead_IsInvalidVSchema(string text, string? hint)
    {
        Directory.CreateDirectory(_directory);
        File.WriteAllText(Path.Combine(_directory, "topology.json"), text);
        var error = Assert.Throws<VitessException>(() => Open());
        Assert.Equal("INVALID_VSCHEMA", error.Code);
        if (hint is not null) Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
        Directory.Delete(_directory, true);
        Open().Dispose();
    }

    [Fact]
    public void Save_LeftOverFromACrash_IsIgnored()
    {
        using (var topology = Open()) topology.Save(0, Sample());
        File.WriteAllText(Path.Combine(_directory, "topology.json.new"), "half a docum");
        using var again = Open();
        Assert.NotNull(again.Load().Find("main"));
        again.Save(again.Load().Version, again.Load().WithSequence("main", new VSequence("y")));
        Assert.False(File.Exists(Path.Combine(_directory, "topology.json.new")));
    }

    [Fact]
    public void Save_DiskFails_ChangesNothing()
    {
        var file = new FailingFile();
        using var topology = FileTopology.Open(file, Columns);
        topology.Save(0, Sample());
        file.Fails = true;
        Assert.Throws<VitessException>(() => topology.Save(topology.Load().Version, topology.Load().WithSequence("main", new VSequence("z"))));
        Assert.Throws<VitessException>(() => topology.Reserve("main", new VSequence("s"), 5));
        Assert.Null(topology.Load().Get("main").FindSequence("z"));
        file.Fails = false;
        Assert.Equal(1, topology.Reserve("main", new VSequence("s"), 1).First);
    }

    [Fact]
    public void Save_SequenceDropped_ForgetsItsValues()
    {
        using var topology = new MemoryTopology(Sample());
        topology.Reserve("main", new VSequence("s"), 100);
        topology.Save(topology.Load().Version, topology.Load().WithoutSequence("main", "s"));
        topology.Save(topology.Load().Version, topology.Load().WithSequence("main", new VSequence("s")));
        Assert.Equal(1, topology.Reserve("main", new VSequence("s"), 1).First);
    }

    [Fact]
    public void Restore_TableWithUniqueIndex_KnowsItsKeys()
    {
        var table = new VTable("t", VTableKind.Unsharded, [], null, null, null, "CREATE TABLE t (id integer primary key, \"Name\" TEXT collate nocase)", SqlDialect.Sqlite,
            [new VIndex("by_name", "CREATE UNIQUE INDEX by_name ON t (name)", true, ["name"])]);
        var schema = TableRestorer.Restore(table);
        Assert.Equal(["id", "Name"], schema.Columns.Select(column => column.Name));
        Assert.Contains(schema.Keys, key => key.Name == "by_name");
        Assert.True(schema.Column("ID")!.AutoNumber);
    }

    internal static VSchema Sample()
    {
        var schema = new VSchemaBuilder().AddKeyspace("main", true).AddVindex("main", "hash", "hash").SetShards("main", "-80", "80-")
            .AddTable("main", "t", "hash", "id").AddSequence("main", "s").Build();
        var table = schema.Get("main").GetTable("t") with { CreateSql = "CREATE TABLE t (id int8 PRIMARY KEY)" };
        return schema.WithTable("main", table with { Schema = Columns(table) })
            .WithView("main", new VView("v", "CREATE VIEW v AS SELECT 'ü'", SqlDialect.Sqlite));
    }

    private static TableSchema Columns(VTable table) => new(table.Name, [new ColumnSchema("id", new SqlType(SqlTypeKind.Int8), "int8")]);

    private FileTopology Open() => FileTopology.Open(_directory);

    private sealed class FailingFile : ITopologyFile
    {
        private string? _text;

        public bool Fails { get; set; }

        public string? Read() => _text;

        public void Replace(string text) => _text = Fails ? throw new VitessException(ErrorCodes.ShardError, "disk", sqlState: "58030") : text;

        public void Dispose()
        {
        }
    }
}
