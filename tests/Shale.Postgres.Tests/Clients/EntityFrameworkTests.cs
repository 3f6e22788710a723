using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Clients;

/// <summary>EF Core with Npgsql's provider, as it comes, through the PostgreSQL door: over one shard and over several.</summary>
public sealed class EntityFrameworkTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 12, 30, 0, DateTimeKind.Utc);

    [Theory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Migrate_InSteps_MakesTheTablesOnce(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using (var first = Open(door))
        {
            await first.GetService<IMigrator>().MigrateAsync("20260101000000_Authors");
            Assert.Equal(["20260201000000_Chapters"], await first.Database.GetPendingMigrationsAsync());
        }

        await using var library = Open(door);
        await library.Database.MigrateAsync();
        Assert.Empty(await library.Database.GetPendingMigrationsAsync());
        await library.Database.MigrateAsync();
        library.Add(Ada(1));
        await library.SaveChangesAsync();
        Assert.Equal(2, await library.Chapters.CountAsync());
        await library.GetService<IMigrator>().MigrateAsync("0");
        Assert.False(await library.Database.SqlQueryRaw<bool>("SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'Books') AS \"Value\"").SingleAsync());
    }

    [Theory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Script_ThatMayRunAgain_MakesTheTablesOnce(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using var library = Open(door);
        var script = library.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        Assert.Contains("DO $EF$", script, StringComparison.Ordinal);
        await using var connection = new NpgsqlConnection(library.Database.GetConnectionString());
        await connection.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            await using var command = new NpgsqlCommand(script, connection);
            await command.ExecuteNonQueryAsync();
        }

        Assert.Empty(await library.Database.GetPendingMigrationsAsync());
        library.Add(Ada(1));
        await library.SaveChangesAsync();
        Assert.Equal(2, await library.Chapters.CountAsync());
    }

    [Theory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Model_CreatedReadAndChanged_IsWhatWasSaved(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using (var library = Open(door))
        {
            Assert.True(await library.Database.EnsureCreatedAsync());
            library.AddRange(Enumerable.Range(1, 20).Select(Ada));
            await library.SaveChangesAsync();
        }

        await using var again = Open(door);
        foreach (var read in new[] { again.Authors.AsSingleQuery(), again.Authors.AsSplitQuery() })
        {
            var authors = await read.AsNoTracking().Include(author => author.Books).ThenInclude(book => book.Chapters).OrderBy(author => author.Name).ToListAsync();
            Assert.Equal(20, authors.Count);
            Assert.All(authors, author => Assert.Equal((2, 2, Start), (author.Books.Count, author.Books.Sum(book => book.Chapters.Count), author.Since)));
            Assert.Equal(["a", "b"], authors[0].Books[0].Tags);
        }

        Assert.Equal(20 * (9.5m + 20.25m), await again.Books.SumAsync(book => book.Price));
        var named = await again.Books.Where(book => book.Tags.Contains("b")).GroupBy(book => book.Title).Select(group => new { group.Key, Count = group.Count(), Average = group.Average(book => book.Price) }).ToListAsync();
        Assert.Equal(("first", 20, 9.5m), (named.Single().Key, named.Single().Count, named.Single().Average));
        Assert.Equal(20, await again.Books.Where(book => book.Number == 2).ExecuteUpdateAsync(set => set.SetProperty(book => book.Price, book => book.Price + 1)));
        Assert.Equal(20, await again.Chapters.Where(chapter => chapter.Heading.StartsWith("two")).ExecuteDeleteAsync());
        Assert.Equal(20, await again.Chapters.CountAsync());
        var pages = await again.Authors.OrderByDescending(author => author.Id).Skip(5).Take(3).Select(author => author.Name).ToListAsync();
        Assert.Equal(3, pages.Count);
    }

    [Theory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Transactions_RolledBackOrLate_ChangeNothing(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using var library = Open(door);
        await library.Database.EnsureCreatedAsync();
        library.AddRange(Enumerable.Range(1, 5).Select(Ada));
        await library.SaveChangesAsync();
        await using (var transaction = await library.Database.BeginTransactionAsync())
        {
            await library.Books.ExecuteDeleteAsync();
            await transaction.CreateSavepointAsync("before");
            await library.Authors.ExecuteDeleteAsync();
            await transaction.RollbackToSavepointAsync("before");
            Assert.Equal((5, 0), (await library.Authors.CountAsync(), await library.Books.CountAsync()));
            await transaction.RollbackAsync();
        }

        Assert.Equal(10, await library.Books.CountAsync());
        await using var other = Open(door);
        var mine = await library.Authors.OrderBy(author => author.Id).FirstAsync();
        var theirs = await other.Authors.SingleAsync(author => author.Id == mine.Id);
        (mine.Name, mine.Version) = ("mine", mine.Version + 1);
        await library.SaveChangesAsync();
        (theirs.Name, theirs.Version) = ("theirs", theirs.Version + 1);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync());
        Assert.Equal("mine", await library.Authors.Where(author => author.Id == mine.Id).Select(author => author.Name).SingleAsync());
    }

    private static Author Ada(int number) => new()
    {
        Name = $"Ada {number:00}", Since = Start,
        Books =
        {
            new Book { Number = 1, Title = "first", Price = 9.5m, Tags = ["a", "b"], Code = Guid.NewGuid(), Chapters = { new Chapter { Number = 1, Heading = "one" }, new Chapter { Number = 2, Heading = "two" } } },
            new Book { Number = 2, Title = "second", Price = 20.25m, Code = Guid.NewGuid() },
        },
    };

    private static Library Open(DoorCluster door) => Library.Open($"Host=127.0.0.1;Port={door.Port};Username=app;Database=main;Pooling=false");
}
