using Microsoft.EntityFrameworkCore;

namespace Shale.Postgres.Tests.Clients;

/// <summary>A model of EF Core's with what Npgsql's provider asks for in ways of its own: owned collections as JSON, sequences as defaults, a table for each class.</summary>
internal sealed class Shelves(string connection) : DbContext
{
    public DbSet<Shelf> All => Set<Shelf>();

    public DbSet<Thing> Things => Set<Thing>();

    /// <inheritdoc/>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql(connection);

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasSequence<long>("numbers").StartsAt(1000).IncrementsBy(5);
        modelBuilder.Entity<Shelf>(shelf =>
        {
            shelf.Property(each => each.Number).HasDefaultValueSql("nextval('numbers')");
            shelf.OwnsMany(each => each.Marks, marks => marks.ToJson());
        });
        modelBuilder.Entity<Thing>().UseTpcMappingStrategy();
        modelBuilder.Entity<Box>();
        modelBuilder.Entity<Tin>();
    }
}

internal sealed class Shelf
{
    public int Id { get; set; }

    public string Name { get; set; } = "";

    public long Number { get; set; }

    public List<Mark> Marks { get; set; } = [];
}

internal sealed class Mark
{
    public string Text { get; set; } = "";

    public int Rank { get; set; }
}

internal abstract class Thing
{
    public int Id { get; set; }

    public string Name { get; set; } = "";
}

internal sealed class Box : Thing
{
    public int Sides { get; set; }
}

internal sealed class Tin : Thing
{
    public double Height { get; set; }
}
