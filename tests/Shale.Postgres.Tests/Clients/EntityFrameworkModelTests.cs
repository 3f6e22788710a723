using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Clients;

/// <summary>What EF Core's models can say beyond plain tables, through the PostgreSQL door.</summary>
public sealed class EntityFrameworkModelTests
{
    [Theory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task OwnedCollectionsSequencesAndClasses_AreWhatWasSaved(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        var connection = $"Host=127.0.0.1;Port={door.Port};Username=app;Database=main;Pooling=false";
        await using (var made = new Shelves(connection))
        {
            Assert.True(await made.Database.EnsureCreatedAsync());
            made.AddRange(Enumerable.Range(1, 6).Select(i => new Shelf { Name = $"shelf {i}", Marks = [.. Enumerable.Range(1, i % 3).Select(k => new Mark { Text = $"m{k}", Rank = i * k })] }));
            made.AddRange(new Box { Name = "box", Sides = 6 }, new Tin { Name = "tin", Height = 2.5 });
            await made.SaveChangesAsync();
        }

        await using var shelves = new Shelves(connection);
        var numbers = await shelves.All.Select(shelf => shelf.Number).ToListAsync();
        Assert.Equal(6, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.True(number >= 1000 && number % 5 == 0));
        var marked = await shelves.All.Where(shelf => shelf.Marks.Any(mark => mark.Rank == 10)).Select(shelf => new { shelf.Name, shelf.Marks.Count, First = shelf.Marks.OrderByDescending(mark => mark.Rank).First().Text }).SingleAsync();
        Assert.Equal(("shelf 5", 2, "m2"), (marked.Name, marked.Count, marked.First));
        Assert.Equal(["shelf 2", "shelf 5"], await shelves.All.Where(shelf => shelf.Marks.Count == 2).OrderBy(shelf => shelf.Name).Select(shelf => shelf.Name).ToListAsync());
        Assert.Equal(3, await shelves.All.CountAsync(shelf => Regex.IsMatch(shelf.Name, "^SHELF [1-3]$", RegexOptions.IgnoreCase)));
        Assert.Equal(["box", "tin"], (await shelves.Things.ToListAsync()).Select(thing => thing.Name).Order());
        Assert.Equal(2, await shelves.Things.Select(thing => thing.Id).Distinct().CountAsync());
    }
}
