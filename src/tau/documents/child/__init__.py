"""The programs that read files of strangers. They import nothing else of Tau.

They may run in another Python than Tau's, which has the packages for PDFs and spreadsheets.
"""
