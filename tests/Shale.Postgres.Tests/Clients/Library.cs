using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Shale.Postgres.Tests.Clients;

public sealed class Author
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public DateTime Since { get; set; }

    public int Version { get; set; }

    public List<Book> Books { get; } = [];
}

public sealed class Book
{
    public long AuthorId { get; set; }

    public int Number { get; set; }

    public required string Title { get; set; }

    public decimal Price { get; set; }

    public string[] Tags { get; set; } = [];

    public Guid Code { get; set; }

    public List<Chapter> Chapters { get; } = [];
}

public sealed class Chapter
{
    public long AuthorId { get; set; }

    public int BookNumber { get; set; }

    public int Number { get; set; }

    public required string Heading { get; set; }
}

/// <summary>A model of three tables whose rows belong together: by their keys an author, its books and their chapters are on one shard.</summary>
public sealed class Library(DbContextOptions<Library> options) : DbContext(options)
{
    public DbSet<Author> Authors => Set<Author>();

    public DbSet<Book> Books => Set<Book>();

    public DbSet<Chapter> Chapters => Set<Chapter>();

    public static Library Open(string connection) =>
        new(new DbContextOptionsBuilder<Library>().UseNpgsql(connection).ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)).Options);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Author>(author => author.Property(each => each.Version).IsConcurrencyToken());
        modelBuilder.Entity<Book>(book =>
        {
            book.HasKey(each => new { each.AuthorId, each.Number });
            book.Property(each => each.Price).HasPrecision(12, 2);
            book.HasOne<Author>().WithMany(author => author.Books).HasForeignKey(each => each.AuthorId);
            book.HasStorageParameter("shard_key", "AuthorId");
        });
        modelBuilder.Entity<Chapter>(chapter =>
        {
            chapter.HasKey(each => new { each.AuthorId, each.BookNumber, each.Number });
            chapter.HasOne<Book>().WithMany(book => book.Chapters).HasForeignKey(each => new { each.AuthorId, each.BookNumber });
            chapter.HasStorageParameter("shard_key", "AuthorId");
        });
    }
}

[DbContext(typeof(Library))]
[Migration("20260101000000_Authors")]
public sealed class AuthorsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Authors",
            table => new
            {
                Id = table.Column<long>().Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Name = table.Column<string>(),
                Since = table.Column<DateTime>("timestamp with time zone"),
            },
            constraints: table => table.PrimaryKey("PK_Authors", row => row.Id));
        migrationBuilder.CreateTable(
            "Books",
            table => new
            {
                AuthorId = table.Column<long>(),
                Number = table.Column<int>(),
                Title = table.Column<string>(),
                Price = table.Column<decimal>("numeric(12,2)"),
                Tags = table.Column<string[]>("text[]"),
                Code = table.Column<Guid>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Books", row => new { row.AuthorId, row.Number });
                table.ForeignKey("FK_Books_Authors_AuthorId", row => row.AuthorId, "Authors", "Id", onDelete: ReferentialAction.Cascade);
            }).Annotation("Npgsql:StorageParameter:shard_key", "AuthorId");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("Books");
        migrationBuilder.DropTable("Authors");
    }
}

[DbContext(typeof(Library))]
[Migration("20260201000000_Chapters")]
public sealed class ChaptersMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>("Version", "Authors", nullable: false, defaultValue: 0);
        migrationBuilder.CreateTable(
            "Chapters",
            table => new { AuthorId = table.Column<long>(), BookNumber = table.Column<int>(), Number = table.Column<int>(), Heading = table.Column<string>() },
            constraints: table =>
            {
                table.PrimaryKey("PK_Chapters", row => new { row.AuthorId, row.BookNumber, row.Number });
                table.ForeignKey("FK_Chapters_Books", row => new { row.AuthorId, row.BookNumber }, "Books", ["AuthorId", "Number"], onDelete: ReferentialAction.Cascade);
            }).Annotation("Npgsql:StorageParameter:shard_key", "AuthorId");
        migrationBuilder.CreateIndex("IX_Chapters_Heading", "Chapters", "Heading");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("Chapters");
        migrationBuilder.DropColumn("Version", "Authors");
    }
}
